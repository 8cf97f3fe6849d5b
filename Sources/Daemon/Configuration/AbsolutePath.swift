/// What we ask of a path in the configuration, judged by its text alone.
enum AbsolutePath {
    /// 1 kB, as for the paths in requests.
    static let maximumBytes = 1024

    /// Why `text` is not acceptable, or `nil`.
    static func defect(_ text: String) -> String? {
        guard text.hasPrefix("/") else { return "is not an absolute path" }
        guard text.utf8.count <= maximumBytes else { return "is longer than \(maximumBytes) bytes" }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return "holds a control character" }
        guard !text.split(separator: "/").contains("..") else { return "holds `..`" }
        return nil
    }

    /// Without empty and `.` components and without a slash at the end; `/` stays.
    static func normalised(_ text: String) -> String {
        "/" + text.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    /// Whether `path` is `directory` or below it. Compares bytes, because file names are bytes.
    static func isWithin(_ path: String, _ directory: String) -> Bool {
        let path = components(path)
        let directory = components(directory)
        return path.count >= directory.count
            && zip(path, directory).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }

    private static func components(_ path: String) -> [Substring] {
        path.split(separator: "/").filter { $0 != "." }
    }
}
