/// The cookies of one server, whatever it calls them: `SID` up to 5.1, `QBT_SID_<port>` in 5.3, and those of
/// a proxy in front of it.
///
/// 5.3.0 sets its cookie anew on every answer; the last one set counts. A cookie set empty is forgotten
/// (logout).
struct SessionCookies: Equatable, Sendable {
    /// No server needs more; a hostile one shall not make us carry more.
    private static let most = 8
    private static let mostBytes = 4096

    private var pairs: [(name: String, value: String)] = []

    init() {}

    /// Reads a `Cookie` header.
    init(header: String) {
        for pair in header.split(separator: ";") { absorb(pair) }
    }

    var isEmpty: Bool { pairs.isEmpty }

    /// The `Cookie` header; `nil` without cookies.
    var header: String? {
        isEmpty ? nil : pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
    }

    /// The session itself, without what a proxy may have set.
    var session: String? {
        pairs.first { $0.name == "SID" || $0.name.hasPrefix("QBT_SID") }?.value
    }

    /// Takes over what an answer set.
    ///
    /// - Parameter setCookies: Values of `Set-Cookie`, with their attributes, which are ignored: the server
    ///   ends a session by refusing it.
    /// - Returns: Whether anything changed.
    @discardableResult
    mutating func absorb(_ setCookies: [String]) -> Bool {
        let before = self
        for setCookie in setCookies {
            if let pair = setCookie.split(separator: ";", maxSplits: 1).first { absorb(pair) }
        }
        return self != before
    }

    private mutating func absorb(_ pair: Substring) {
        guard let equals = pair.firstIndex(of: "=") else { return }
        let name = Self.trimmed(pair[..<equals])
        // The value is passed on as it is: it may hold `+`, `/` and `=`.
        let value = Self.trimmed(pair[pair.index(after: equals)...])
        let isPlain = (name + value).utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") }
        guard !name.isEmpty, isPlain, name.utf8.count + value.utf8.count <= Self.mostBytes else { return }
        pairs.removeAll { $0.name == name }
        guard !value.isEmpty, pairs.count < Self.most else { return }
        pairs.append((name, value))
        pairs.sort { $0.name < $1.name }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    static func == (left: SessionCookies, right: SessionCookies) -> Bool { left.header == right.header }
}
