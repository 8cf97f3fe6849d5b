import Glibc

/// Paths of this machine, taken apart.
enum PathText {
    /// The parent and the last component. A path without `/` lies in the working directory.
    static func split(_ path: String) -> (parent: String, name: String) {
        var bytes = Array(path.utf8)
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else {
            return (".", String(decoding: bytes, as: UTF8.self))
        }
        let parent = slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
        return (parent, String(decoding: bytes[(slash + 1)...], as: UTF8.self))
    }

    /// The path with the links of its parents resolved once, its last component as it is.
    ///
    /// - Throws: The failure to resolve the parent.
    static func resolvingParents(_ path: String) throws(SystemFailure) -> String {
        let (parent, name) = split(path)
        let resolved = try resolvingLinks(parent)
        return resolved == "/" ? "/" + name : resolved + "/" + name
    }

    /// The path with all links resolved.
    static func resolvingLinks(_ path: String) throws(SystemFailure) -> String {
        guard let resolved = realpath(path, nil) else { throw .last }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The components of a request's or folder's path below the spool. Empty for the spool itself.
    static func components(_ path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
            .filter { !path.isEmpty || !$0.isEmpty }
    }

    static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : folder + "/" + name
    }
}
