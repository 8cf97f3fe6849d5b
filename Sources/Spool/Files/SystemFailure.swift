import Glibc

/// The number by which the system refused a call.
struct SystemFailure: Error, Hashable, CustomStringConvertible {
    let code: Int32

    /// The failure of the call just made. To be taken before any other call is.
    static var last: SystemFailure { SystemFailure(code: errno) }

    static var notThere: SystemFailure { SystemFailure(code: ENOENT) }

    /// It is being changed.
    static var busy: SystemFailure { SystemFailure(code: EBUSY) }

    static var exists: Int32 { EEXIST }
    static var invalid: Int32 { EINVAL }
    static var missing: Int32 { ENOENT }
    static var notADirectory: Int32 { ENOTDIR }
    static var isALink: Int32 { ELOOP }

    var isMissing: Bool { code == ENOENT }

    /// The name is there, but not a folder (any more): opened with O_DIRECTORY and O_NOFOLLOW.
    var isNoFolder: Bool { code == ENOTDIR || code == ELOOP }

    /// The name stands for something that cannot be opened at all, such as a socket.
    var isUnopenable: Bool { code == ENXIO || code == ENODEV }

    /// A folder that was to be removed holds something.
    var isNotEmpty: Bool { code == ENOTEMPTY || code == EEXIST }

    /// Short of descriptors or memory: it heals by itself, soon.
    var isShortage: Bool { code == EMFILE || code == ENFILE || code == ENOMEM || code == EAGAIN }

    /// The system's own words, as `No such file or directory (errno 2)`.
    var description: String { "\(String(cString: strerror(code))) (errno \(code))" }
}
