import CSys
import Glibc
import Spool
import Store

/// `qspool init`: makes a root, once. What is there stays as it is.
public struct Founding {
    private let installation: Installation

    public init(_ installation: Installation) { self.installation = installation }

    public var configurationFile: String { installation.layout.configurationFile }

    /// - Returns: What was made, a sentence each.
    /// - Throws: ``Failure``; what was made until then stays and is taken up by the next try.
    public func run() throws -> [String] {
        let layout = installation.layout
        var made: [String] = []
        try refuseHalves()
        try makeDirectory(layout.root, 0o755, &made, parents: true)
        // Held while the root is founded: a pass must not see half of it.
        let lock = try InstanceLock(path: layout.lock)
        defer { withExtendedLifetime(lock) {} }
        try makeDirectory(layout.requests, 0o775, &made, parents: true)
        try makeDirectory(layout.status, 0o750, &made, parents: true)
        try makeDirectory(layout.store, 0o700, &made, parents: true)
        try makeDirectory(layout.session, 0o700, &made)
        try makeDirectory(layout.orders, 0o700, &made)
        try foundSpool(&made)
        try writeConfiguration(&made)
        if made.isEmpty { made.append("\(layout.root) is a spool already; nothing was changed") }
        return made
    }

    /// A spool without its store, or a store without its spool, is no place to found anything. Nothing was
    /// made by then: a directory that takes the place of an unmounted one would be in its way.
    private func refuseHalves() throws {
        let layout = installation.layout
        let hasStore = Store.exists(directory: layout.store)
        if installation.hasIdentity, !hasStore {
            throw Failure(
                .configuration,
                "\(layout.requests) is a spool already, but its store \(layout.store) is missing. Restore "
                    + "it, or run `qspool once`: it follows what is there and holds everything else until "
                    + "`qspool approve StoreLost`")
        }
        guard hasStore, !installation.hasIdentity else { return }
        let store = try Store(
            directory: layout.store, mapSizeMiB: installation.configuration.store.mapSizeMiB,
            mode: .readOnly)
        guard try store.spoolIdentity == nil else {
            throw Failure(
                .configuration,
                "the store \(layout.store) belongs to a spool whose identity is missing from "
                    + "\(layout.requests): is the directory mounted? To found a new spool, move the store "
                    + "away first")
        }
    }

    private func foundSpool(_ made: inout [String]) throws {
        let layout = installation.layout
        let hasStore = Store.exists(directory: layout.store)
        if !installation.hasIdentity {
            let identity = try SpoolIdentity.create(in: layout.requests)
            made.append("made the spool identity in \(layout.requests)/.qspool")
            if !hasStore { try createStore(identity, &made) }
        }
    }

    private func createStore(_ identity: String, _ made: inout [String]) throws {
        _ = try Store.create(
            directory: installation.layout.store,
            mapSizeMiB: installation.configuration.store.mapSizeMiB, spoolIdentity: identity)
        made.append("made the store in \(installation.layout.store)")
    }

    private func writeConfiguration(_ made: inout [String]) throws {
        let path = installation.layout.configurationFile
        guard access(path, F_OK) != 0 else { return }
        try AtomicFile.write(
            Array(Configuration.commentedExample.utf8), to: path, mode: 0o640, durable: true)
        made.append("wrote \(path), every setting commented out with its default")
    }

    private func makeDirectory(
        _ path: String, _ mode: mode_t, _ made: inout [String], parents: Bool = false
    ) throws {
        if parents, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            let parent = String(path[..<slash])
            if access(parent, F_OK) != 0 { try makeDirectory(parent, 0o755, &made, parents: true) }
        }
        if mkdir(path, mode) == 0 {
            // The umask is not to be trusted with secrets, nor to be in the way of a group.
            guard chmod(path, mode) == 0 else {
                throw Failure(.trouble, "cannot set the mode of \(path): \(Errno.text())")
            }
            made.append("made \(path)")
            return
        }
        let code = errno
        var facts = stat()
        guard code == EEXIST, stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
            throw Failure(.trouble, "cannot make the directory \(path): \(Errno.text(code))")
        }
    }
}
