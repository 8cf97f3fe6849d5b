extension SettingForm where Value == String {
    /// An absolute path without `..` and control characters, at most 1024 bytes.
    static var path: Self {
        SettingForm("an absolute path") { node throws(BadValue) in
            guard case .scalar(let text, _) = node.content, !node.isNull else { throw .notAllowed(node) }
            if let defect = AbsolutePath.defect(text) {
                throw .defect("is \(Shown.value(node)), which \(defect)", at: node)
            }
            return AbsolutePath.normalised(text)
        }
    }

    /// The path of a file that holds a secret. Never quoted, because whoever misreads the setting writes the
    /// secret itself there.
    static var secretPath: Self {
        SettingForm("the absolute path of a file that holds the secret") { node throws(BadValue) in
            guard case .scalar(let text, _) = node.content, !node.isNull else { throw .notAllowed(node) }
            if let defect = AbsolutePath.defect(text) { throw .defect(defect, at: node) }
            return AbsolutePath.normalised(text)
        }
    }

    /// A user name: not empty, on one line, at most 255 bytes; without a colon where HTTP Basic would end it
    /// there (RFC 7617 §2).
    static func username(allowsColon: Bool) -> Self {
        .text("a user name" + (allowsColon ? "" : " without a colon")) { text in
            let isClean = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            let fits = (1...255).contains(text.utf8.count)
            return isClean && fits && (allowsColon || !text.contains(":")) ? text : nil
        }
    }

    /// A tag of qBittorrent, by the rules of ``isTag(_:)``.
    static var tag: Self {
        .text("a tag of 1 to 64 bytes without , | control characters and blanks at its ends") {
            isTag($0) ? $0 : nil
        }
    }

    /// The server splits lists of tags at commas and drops blanks around them.
    private static func isTag(_ text: String) -> Bool {
        let bytes = text.utf8
        let isClean = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x2C && $0 != 0x7C }
        return isClean && (1...64).contains(bytes.count) && bytes.first != 0x20 && bytes.last != 0x20
    }

    /// Categories are nested by slashes; a backslash, an empty part or a slash at the edge is refused by the
    /// server (`torrents/createCategory`, 409).
    static func isCategory(_ text: String) -> Bool {
        let bytes = text.utf8
        let isClean = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x2C && $0 != 0x7C && $0 != 0x5C }
        let hasEdge = [0x20, 0x2F].contains { bytes.first == $0 || bytes.last == $0 }
        return isClean && (1...255).contains(bytes.count) && !hasEdge && !text.contains("//")
    }
}

extension SettingForm where Value == ServerAddress {
    /// Never quotes the value: it could hold a password.
    static var address: Self {
        SettingForm(
            "an address such as http://127.0.0.1:8080, https://nas.lan/qbittorrent or unix:/run/qb.sock"
        ) {
            node throws(BadValue) in
            guard case .scalar(let text, _) = node.content, !node.isNull else { throw .notAllowed(node) }
            do throws(ServerAddress.Defect) {
                return try ServerAddress.parse(text)
            } catch {
                throw .defect(error.sentence, at: node)
            }
        }
    }
}
