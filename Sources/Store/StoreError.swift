internal import CLMDB
internal import Glibc

/// A failure of the embedded store: what we were doing, what came back, and what to do about it.
///
/// Whatever was being written when it is thrown is not kept, not in part either.
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What a caller can do about it.
    public enum Kind: Hashable, Sendable {
        /// The map or the disk is full. Nothing was written.
        case full
        /// The file is damaged or not ours. Retrying cannot help.
        case damaged
        /// The store is open elsewhere, or the reader table is full. Retrying later is safe.
        case busy
        /// There is no store in the directory, or one that was never finished.
        case missing
        /// Written by a newer version of qspool. Nothing was read beyond that, and nothing written.
        case schema
        /// Any other answer of LMDB or the system. See ``StoreError/code``.
        case other
    }

    public let kind: Kind
    /// What we were doing, such as `commit` or `read subjects`.
    public let operation: String
    /// The answer: negative codes are LMDB's, positive ones `errno`; 0 where we found the fault ourselves.
    public let code: Int32
    /// What came back, in words.
    public let answer: String

    /// A fault that we found ourselves, no library's answer.
    init(_ kind: Kind, during operation: String, _ answer: String) {
        self.kind = kind
        self.operation = operation
        code = 0
        self.answer = answer
    }

    /// An answer of LMDB or the system.
    ///
    /// - Parameter directory: Asked for its free space where the code alone does not tell a full disk: a
    ///   commit to a full disk gives `EIO` (measured with LMDB 0.9.24).
    init(code: Int32, during operation: String, in directory: String) {
        self.operation = operation
        self.code = code
        // `mdb_strerror` is `strerror` for positive codes.
        answer = mdb_strerror(code).map { String(cString: $0) } ?? "unknown answer"
        kind = Self.kind(of: code, in: directory)
    }

    /// One sentence or two for a person.
    public var description: String {
        "store: \(operation): \(answer)\(code == 0 ? "" : " (\(code))"). \(advice)"
    }

    private var advice: String {
        switch (kind, code) {
        case (.full, MDB_MAP_FULL): "Raise store.mapSizeMiB and restart; nothing was written"
        case (.full, _): "The disk is full: make room and restart; nothing was written"
        case (.damaged, _): "Move the store's directory away, or put a copy of it back, and restart"
        case (.busy, _): "Another process uses the store: try again when it is done"
        case (.missing, _): "There is no store here: run `qspool init`"
        case (.schema, _): "Use the version of qspool that wrote it, or a newer one; nothing was written"
        case (.other, EACCES), (.other, EPERM), (.other, EROFS):
            "The store's directory, data.mdb and lock.mdb must be writable for this user, for reading too"
        case (.other, ENOMEM): "Not enough address space: lower store.mapSizeMiB or raise the process's limit"
        case (.other, _): "Nothing of this write was kept; restart, and look at the disk if it comes again"
        }
    }

    private static func kind(of code: Int32, in directory: String) -> Kind {
        switch code {
        case MDB_MAP_FULL, ENOSPC, EDQUOT, EFBIG: .full
        case EIO: isDiskFull(directory) ? .full : .other
        case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID, MDB_VERSION_MISMATCH, MDB_INCOMPATIBLE, MDB_PANIC,
            MDB_BAD_VALSIZE:
            .damaged
        case MDB_READERS_FULL, EAGAIN, EBUSY: .busy
        case ENOENT: .missing
        default: .other
        }
    }

    /// Less than one MiB free counts as full: LMDB writes many pages at once.
    private static func isDiskFull(_ directory: String) -> Bool {
        var figures = statvfs()
        guard statvfs(directory, &figures) == 0 else { return false }
        return UInt64(figures.f_bavail) * UInt64(figures.f_frsize) < 1 << 20
    }
}
