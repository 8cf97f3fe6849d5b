import CSys
import Glibc

/// What tells that a file was not changed since it was read, without opening it.
struct FileStamp: Hashable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    /// Nanoseconds since 1970.
    let modified: Int64
    /// Nanoseconds since 1970, of the last change of content or of anything else about the file.
    let changed: Int64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = Self.nanoseconds(status.st_mtim)
        changed = Self.nanoseconds(status.st_ctim)
    }

    var modifiedMilliseconds: Int64 { modified / 1_000_000 }

    /// Whether a change right now could leave the stamp as it is: clocks of file systems tick in steps of up
    /// to some milliseconds (10 ms on the coarsest kernel), and a file may be written twice within one.
    ///
    /// - Parameter milliseconds: The wall clock when the file was read.
    func isFresh(at milliseconds: Int64) -> Bool {
        milliseconds - max(modified, changed) / 1_000_000 < Self.freshMilliseconds
    }

    private static let freshMilliseconds: Int64 = 50

    private static func nanoseconds(_ time: timespec) -> Int64 {
        let (whole, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        // A file may claim any year. Beyond the range the seconds alone tell two stamps apart.
        return overflow ? Int64(time.tv_sec) : whole &+ Int64(time.tv_nsec)
    }
}

/// What a name in a directory stands for.
enum FileKind: Hashable {
    case regular
    case folder
    case link
    /// A FIFO, socket or device, with the word for it.
    case special(String)

    init(mode: mode_t) {
        self =
            switch mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .folder
            case S_IFLNK: .link
            case S_IFIFO: .special("a FIFO")
            case S_IFSOCK: .special("a socket")
            default: .special("a device")
            }
    }

    /// For a sentence: `a FIFO`.
    var word: String {
        switch self {
        case .regular: "a regular file"
        case .folder: "a folder"
        case .link: "a symbolic link"
        case .special(let word): word
        }
    }
}

/// What is known of a name without opening it.
struct FileFacts: Hashable {
    let kind: FileKind
    let stamp: FileStamp
    /// The permission bits.
    let mode: UInt32
    let owner: UInt32
    let group: UInt32
    let links: UInt64

    init(_ status: stat) {
        kind = FileKind(mode: status.st_mode)
        stamp = FileStamp(status)
        mode = status.st_mode & 0o7777
        owner = status.st_uid
        group = status.st_gid
        links = UInt64(status.st_nlink)
    }
}
