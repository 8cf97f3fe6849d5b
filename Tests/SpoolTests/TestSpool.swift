import Glibc
import Metainfo
import Reconciliation

@testable import Spool

/// A root with a real `requests/` and its identity in a directory of its own, removed at the end.
final class TestSpool {
    let root: String
    var requests: String { root + "/requests" }
    var status: String { root + "/status" }

    init(identity: Bool = true) throws {
        var template = Array("/tmp/qspool-test-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw SystemFailure.last }
        root = String(cString: path)
        try makeFolder("")
        if identity { _ = try SpoolIdentity.create(in: requests) }
    }

    deinit { Self.remove(root) }

    static let hash = "0123456789abcdef0123456789abcdef01234567"
    static let magnet = "magnet:?xt=urn:btih:" + hash
    static let request = #"{"source": "\#(magnet)"}"#

    /// A small v1 torrent; another `name` is another torrent.
    static func torrent(_ name: String = "a") -> [UInt8] {
        let pieces = String(repeating: "p", count: 20)
        return Array(
            "d4:infod6:lengthi5e4:name\(name.utf8.count):\(name)12:piece lengthi16384e6:pieces20:\(pieces)ee"
                .utf8)
    }

    static var now: WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Late enough that no file counts as being written any more.
    static var later: WallTime { WallTime(milliseconds: now.milliseconds + 10_000) }

    func path(_ name: String) -> String { name.isEmpty ? requests : requests + "/" + name }

    func makeFolder(_ name: String) throws {
        guard mkdir(path(name), 0o755) == 0 else { throw SystemFailure.last }
    }

    func drop(_ name: String, _ text: String = TestSpool.request) throws { try drop(name, Array(text.utf8)) }

    func drop(_ name: String, _ bytes: [UInt8]) throws {
        try AtomicFile.write(bytes, to: path(name), mode: 0o644, durable: false)
    }

    /// As a careless writer does: into the final name, the old content cut off.
    func overwrite(_ name: String, _ bytes: [UInt8]) throws {
        let descriptor = open(path(name), O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw SystemFailure.last }
        defer { close(descriptor) }
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw SystemFailure.last }
    }

    func take(_ name: String) throws {
        guard unlink(path(name)) == 0 else { throw SystemFailure.last }
    }

    func move(_ name: String, to other: String) throws {
        guard rename(path(name), path(other)) == 0 else { throw SystemFailure.last }
    }

    func link(_ name: String, to target: String) throws {
        guard symlink(target, path(name)) == 0 else { throw SystemFailure.last }
    }

    /// Makes a file look as if it was written at that time.
    func age(_ name: String, seconds: Int) throws {
        var times = [timespec(), timespec()]
        clock_gettime(CLOCK_REALTIME, &times[1])
        times[1].tv_sec -= seconds
        times[0] = times[1]
        guard utimensat(AT_FDCWD, path(name), times, 0) == 0 else { throw SystemFailure.last }
    }

    func reader(_ change: (inout SpoolSettings) -> Void = { _ in }) throws -> SpoolReader {
        var settings = SpoolSettings(directory: requests, knownClients: ["default", "seedbox"])
        change(&settings)
        return try SpoolReader(settings: settings)
    }

    private static func remove(_ path: String) {
        guard let directory = opendir(path) else {
            unlink(path)
            return
        }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            if name == "." || name == ".." { continue }
            var status = stat()
            let below = path + "/" + name
            if lstat(below, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                remove(below)
            } else {
                unlink(below)
            }
        }
        closedir(directory)
        rmdir(path)
    }
}

extension SpoolReading {
    var isComplete: Bool { availability == .complete }
    var accepted: [String] { changedDrafts.map(\.key.description).sorted() }
    /// `name: code`, sorted.
    var rejected: [String] { changedRejections.map { "\($0.0): \($0.1.problem.code)" }.sorted() }
    var away: [String] { gone.map(\.description) }
    var waiting: [String] { unreadable.keys.map(\.description).sorted() }
    var isQuiet: Bool { isComplete && changedDrafts.isEmpty && changedRejections.isEmpty && gone.isEmpty }

    func draft(_ name: String) -> RequestDraft? { changedDrafts.first { $0.key.name.text == name } }
    func problem(_ name: String) -> Problem? {
        changedRejections.first { $0.0.name.text == name }?.1.problem
    }
}
