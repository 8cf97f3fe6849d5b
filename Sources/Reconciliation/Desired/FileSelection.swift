/// Which files of a torrent are wanted, by glob.
///
/// A file is wanted when `include` is empty or one of its patterns matches, and none of `exclude` does. A
/// pattern without a slash is held against the file's own name, one with a slash against its path, with or
/// without the torrent's top folder. ASCII letters match in either case. Within a component `*` stands for
/// any text, `?` for one character, `[abc]` and `[a-z]` for one of these, `[!a]` for any other; `**` stands
/// for any text across components, `**/` for any number of folders. `Extras/` is everything below `Extras`.
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

    /// Whether one file is wanted. For many files make a ``matcher`` once.
    ///
    /// - Parameters:
    ///   - path: Within the torrent, with `/` between components.
    ///   - top: The folder that all files of the torrent lie in, if there is one.
    public func wants(path: String, top: String?) -> Bool { matcher.wants(path: path, top: top) }

    /// The selection with its patterns compiled.
    public var matcher: Matcher { Matcher(self) }

    /// A selection to hold many paths against. Costs at most the length of the path times that of the
    /// patterns, whatever they are.
    public struct Matcher: Sendable {
        private let include: [GlobPattern]
        private let exclude: [GlobPattern]

        init(_ selection: FileSelection) {
            include = selection.include.map(GlobPattern.init)
            exclude = selection.exclude.map(GlobPattern.init)
        }

        /// As ``FileSelection/wants(path:top:)``.
        public func wants(path: String, top: String?) -> Bool {
            let whole = GlobPattern.folded(path: path)[...]
            var below: ArraySlice<Unicode.Scalar>?
            if let top {
                let folder = GlobPattern.folded(path: top + "/")
                if whole.starts(with: folder) { below = whole.dropFirst(folder.count) }
            }
            let name = whole.lastIndex(of: "/").map { whole[($0 + 1)...] } ?? whole
            func matches(_ pattern: GlobPattern) -> Bool {
                guard pattern.isOfPath else { return pattern.matches(name) }
                return pattern.matches(whole) || (below.map { pattern.matches($0) } ?? false)
            }
            return (include.isEmpty || include.contains(where: matches)) && !exclude.contains(where: matches)
        }
    }
}
