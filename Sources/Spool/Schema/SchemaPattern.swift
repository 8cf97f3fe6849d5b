import Reconciliation

/// Regular expressions for what the decoder reads, in the part of their language that JavaScript, Python and
/// the rest understand alike.
///
/// They may say yes to what the decoder refuses where an expression cannot tell (a day that the month does
/// not have, a limit that is too large), never the other way round.
enum SchemaPattern {
    /// The inside of a class: the control characters of ASCII and of Latin-1.
    static let control = #"\u0000-\u001f\u007f-\u009f"#

    /// Text without control characters.
    static let visible = "^[^\(control)]*$"

    /// Of `rename`: something visible, no space at either end.
    static let rename = "^[^ \(control)]([^\(control)]*[^ \(control)])?$"

    private static let tagText = "[^\\s,|\(control)]([^,|\(control)]*[^\\s,|\(control)])?"

    static let tag = "^\(tagText)$"

    /// Tags with commas between them.
    static let tagsWithCommas = "^ *$|^[ ,]*\(tagText) *(,[ ,]*\(tagText) *)*,*$"

    /// Empty, or components with slashes between them and no space at either end.
    static let category = "^$|^(?!\\s)(?!.*\\s$)[^/\\\\,|\(control)]+(/[^/\\\\,|\(control)]+)*$"

    /// Absolute, without `..`.
    static let path = "^(/(?!\\.\\.(/|$))[^/\(control)]*)+$"

    /// A pattern of `files`.
    static let glob = "^[^/\(control)][^\(control)]*$"

    static let speed = "^[0-9]+(\\.[0-9]+)? *(B|kB|MB|GB|KiB|MiB|GiB)(/s)?$"

    /// Whole numbers with units, the largest first.
    static let duration: String = {
        let units = ["w|week|weeks", "d|day|days", "h|hour|hours", "m|min|minute|minutes"]
        let seconds = "s|sec|second|seconds"
        return "^ *(?=[0-9])" + (units + [seconds]).map { "([0-9]{1,9} *(\($0)) *)?" }.joined() + "$"
    }()

    /// A duration that is more than nothing.
    static let lasting = "^(?=.*[1-9])" + duration.dropFirst()

    /// RFC 3339 with its zone.
    static let instant: String = {
        let date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
        let time = "([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?"
        return "^\(date)[Tt]\(time)([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
    }()

    static let infoHash = "^([0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}|[A-Za-z2-7]{32})$"

    /// A link that names a torrent at all.
    static let magnet =
        "^\(caseless("magnet")):\\?([^&\(control)]*&)*\(caseless("xt"))(\\.[0-9]+)?=[^\(control)]*$"

    static let address: String = {
        let end = "([/?#][^ \\\\\(control)]*)?"
        return "^\(caseless("http"))[Ss]?://[^/?#:@ \\\\\(control)][^/?#@ \\\\\(control)]*\(end)$"
    }()

    static let dataURL: String = {
        let head = "\(caseless("data:application"))/\(caseless("x-bittorrent;base64")),"
        return "^\(head)([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$"
    }()

    /// The name of a `.torrent` in the same folder.
    static let fileName: String = {
        let schemes = [
            "magnet", "data", "https?", "file", "s?ftps?", "scp", "smb", "dict", "gopher", "javascript",
        ]
        let none = "(?!(\(schemes.map(caseless).joined(separator: "|"))):)"
        return "^\(none)[^./\(control)][^/\(control)]*\\.\(caseless("torrent"))$"
    }()

    /// An expression for the text in any case of its letters.
    static func caseless(_ text: String) -> String {
        text.map { $0.isLetter && $0.isASCII ? "[\($0.uppercased())\($0.lowercased())]" : String($0) }
            .joined()
    }

    /// One of the words, in any case.
    static func anyCase(of words: [String]) -> String {
        "^(\(words.map(caseless).joined(separator: "|")))$"
    }
}
