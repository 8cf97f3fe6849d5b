/// Writes a file so that a reader sees the old content or the new, never a part.
///
/// A temporary file in the same directory takes the final name when it is whole. What can be derived again
/// (status) is not synced; what cannot (the identity, requests written by a verb, orders, sessions) is synced
/// with its directory before the call returns.
public enum AtomicFile {
    /// Replaces or makes the file at `path`.
    ///
    /// - Parameters:
    ///   - mode: The permission bits, whatever the umask says.
    ///   - durable: Whether it must survive a power cut once this returns.
    /// - Throws: ``SpoolError``; the file at `path` is then what it was. After a failed sync do not try again
    ///   on the same grounds: end the pass.
    public static func write(
        _ bytes: [UInt8], to path: String, mode: UInt32, durable: Bool
    ) throws(SpoolError) {
        let (parent, name) = PathText.split(path)
        do throws(SystemFailure) {
            try write(bytes, name: name, in: try Directory(path: parent), mode: mode, durable: durable)
        } catch {
            throw SpoolError("cannot write \(DisplayText.of(path))", error)
        }
    }

    static func write(
        _ bytes: [UInt8], name: String, in directory: Directory, mode: UInt32, durable: Bool
    ) throws(SystemFailure) {
        try writeTemporary(bytes, in: directory, mode: mode, durable: durable) {
            (temporary) throws(SystemFailure) in
            try directory.rename(temporary, to: name)
        }
    }

    /// Makes a durable file under a name that must not be taken (`EEXIST`).
    ///
    /// - Parameter mode: `nil` leaves the mode to the umask and gives a file that root makes to the owner of
    ///   the directory, as for a file that any producer drops.
    static func create(
        _ bytes: [UInt8], name: String, in directory: Directory, mode: UInt32?
    ) throws(SystemFailure) {
        try writeTemporary(bytes, in: directory, mode: mode, durable: true) {
            (temporary) throws(SystemFailure) in
            try directory.renameExclusively(temporary, to: name)
        }
    }

    /// Removes temporaries that a killed process left in the directory.
    static func sweep(_ directory: Directory, before milliseconds: Int64) throws(SystemFailure) {
        for bytes in try directory.names() {
            guard let name = String(validating: bytes, as: UTF8.self), isTemporary(name) else { continue }
            do throws(SystemFailure) {
                let facts = try directory.facts(name)
                if facts.kind == .regular, facts.stamp.modifiedMilliseconds < milliseconds {
                    try directory.remove(name)
                }
            } catch {
                // Another process may have finished with it meanwhile.
                guard error.isMissing else { throw error }
            }
        }
    }

    /// The names of our temporaries: hidden, so that no reader of requests looks at them, and short, so that
    /// they fit beside the longest name.
    static func isTemporary(_ name: String) -> Bool { name.hasPrefix(prefix) }

    private static let prefix = ".qspool-tmp-"

    private static func writeTemporary(
        _ bytes: [UInt8], in directory: Directory, mode: UInt32?, durable: Bool,
        finish: (String) throws(SystemFailure) -> Void
    ) throws(SystemFailure) {
        let temporary = prefix + RandomText.hex(bytes: 8)
        let file = try directory.newFile(temporary, mode: mode == nil ? 0o666 : 0o600)
        do throws(SystemFailure) {
            try file.write(bytes)
            if let mode {
                try file.changeMode(mode)
            } else {
                try giveToOwner(of: directory, file)
            }
            if durable { try file.sync() }
            try finish(temporary)
            if durable { try directory.sync() }
        } catch {
            // The failure that counts is the first; a temporary that stays is swept later.
            do throws(SystemFailure) { try directory.remove(temporary) } catch { _ = error }
            throw error
        }
    }

    private static func giveToOwner(of directory: Directory, _ file: OpenFile) throws(SystemFailure) {
        guard try file.facts().owner == 0 else { return }
        let owner = try directory.facts()
        if owner.owner != 0 { try file.changeOwner(owner.owner, group: owner.group) }
    }
}
