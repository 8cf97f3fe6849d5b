/// One value of a YAML document with the place where it begins.
///
/// The tree is strict: it knows no tags, anchors or aliases, and a mapping never holds a key twice
/// (``YAMLDocument`` refuses them). What a scalar means is left to the reader of a setting.
struct YAMLNode: Equatable, Sendable {
    indirect enum Content: Equatable, Sendable {
        /// The text after unescaping. `isQuoted` is false for plain text only: `30s` and `null`, but not
        /// `"null"`, which is the word and not the absence of a value.
        case scalar(String, isQuoted: Bool)
        case sequence([YAMLNode])
        /// In the order of the document.
        case mapping([Entry])
    }

    struct Entry: Equatable, Sendable {
        let key: String
        /// Where the key begins.
        let line: Int
        let column: Int
        let value: YAMLNode
    }

    let content: Content
    /// Counted from 1.
    let line: Int
    /// Counted in characters from 1.
    let column: Int

    init(_ content: Content, line: Int = 1, column: Int = 1) {
        self.content = content
        self.line = line
        self.column = column
    }

    /// Whether this is YAML's absence of a value: nothing, `~` or `null`, unquoted.
    var isNull: Bool {
        guard case .scalar(let text, isQuoted: false) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }
}
