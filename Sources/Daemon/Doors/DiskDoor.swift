public import Reconciliation

/// The data of torrents as this machine sees it, through the `pathMap` of a client. Only looked at, never
/// touched: what goes, the server deletes.
public protocol DiskDoor: Sendable {
    /// What lies in a directory.
    ///
    /// - Parameter root: The local end of the mapping, which holds the directory. Where it is not there, or
    ///   cannot be read, nothing can be seen, and that is not the same as an empty directory.
    /// - Returns: `nil` when it cannot be seen.
    func sight(of directory: String, root: String) -> DirectorySight?

    /// Which of these are there, whatever they are.
    ///
    /// - Parameter paths: Below `directory`.
    func files(_ paths: [String], in directory: String, root: String) -> DataSight?

    /// Whether nothing is there: no such directory, or an empty one, as where nothing is mounted. A directory
    /// that cannot be read tells nothing and does not count.
    func isBare(_ directory: String) -> Bool
}

/// A machine that sees nothing of what its servers hold.
public struct NoDisk: DiskDoor {
    public init() {}

    public func sight(of directory: String, root: String) -> DirectorySight? { nil }

    public func files(_ paths: [String], in directory: String, root: String) -> DataSight? { nil }

    public func isBare(_ directory: String) -> Bool { false }
}

extension DiskDoor {
    /// What lies in a directory of a client's server, where a mapping leads to it.
    func sight(of remote: String, by rules: Rules, on client: String) -> DirectorySight? {
        guard let root = rules.mapping(of: remote, on: client)?.local,
            let local = rules.localPath(of: remote, on: client)
        else { return nil }
        return sight(of: local, root: root)
    }

    /// Looks for files below directories of a client's server.
    func look(by rules: Rules, on client: String) -> DataLook {
        { remote, paths in
            guard let root = rules.mapping(of: remote, on: client)?.local,
                let local = rules.localPath(of: remote, on: client)
            else { return nil }
            return files(paths, in: local, root: root)
        }
    }
}
