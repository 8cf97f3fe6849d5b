/// How outside text is put into a message: on one line, cut, and with nothing that moves a terminal.
enum Shown {
    /// Longer text is cut and ends with `…`.
    static let maximumCharacters = 120

    static func text(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(maximumCharacters) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate:
                shown += "\\u{" + String(scalar.value, radix: 16) + "}"
            default:
                shown.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > maximumCharacters ? shown + "…" : shown
    }

    /// A value of the configuration, as a person would recognise it.
    static func value(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let text, let isQuoted):
            isQuoted || text.isEmpty ? "\"\(Self.text(text))\"" : Self.text(text)
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
