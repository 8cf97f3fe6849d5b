/// Which files of a torrent are wanted, by glob.
///
/// A file is wanted when `include` is empty or one of its patterns matches, and none of `exclude` does. A
/// pattern without a slash is held against the file's own name, one with a slash against its path, with or
/// without the torrent's top folder. ASCII letters match in either case.
public struct FileSelection: Hashable, Sendable, CustomStringConvertible {
    public let include: [String]
    public let exclude: [String]

    public init(include: [String] = [], exclude: [String] = []) {
        self.include = include
        self.exclude = exclude
    }

    /// For status files and the change log: `include *.mkv; exclude *sample*`, or `all`.
    public var description: String {
        var parts: [String] = []
        if !include.isEmpty { parts.append("include " + include.joined(separator: ", ")) }
        if !exclude.isEmpty { parts.append("exclude " + exclude.joined(separator: ", ")) }
        return parts.isEmpty ? "all" : parts.joined(separator: "; ")
    }
}
