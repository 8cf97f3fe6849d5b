import Glibc

/// A directory of its own below the system's temporary one (or `$TMPDIR`), mode 0700. It goes, with all that
/// is in it, when nobody holds this value any more.
public final class TemporaryDirectory: Sendable {
    /// Absolute, without trailing slash.
    public let path: String

    /// The directory could not be made, or a file in it not be written or read.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String

        init(_ what: String) { description = "\(what): error \(errno)" }
    }

    public init() throws(Failure) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/qspool-tests-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("make a directory below \(parent)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.remove(path) }

    /// Writes a file, replacing one that is there.
    public func write(_ bytes: [UInt8], to name: String) throws(Failure) {
        let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure("create \(name)") }
        defer { close(file) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress?.advanced(by: done), $0.count - done)
            }
            guard count > 0 else { throw Failure("write \(name)") }
            done += count
        }
    }

    /// The whole of a file.
    public func read(_ name: String) throws(Failure) -> [UInt8] {
        let file = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure("open \(name)") }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw Failure("look at \(name)") }
        var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress?.advanced(by: done), $0.count - done)
            }
            guard count > 0 else { throw Failure("read \(name)") }
            done += count
        }
        return bytes
    }

    /// Removes a file; one that is not there is fine.
    public func remove(_ name: String) throws(Failure) {
        guard unlink("\(path)/\(name)") == 0 || errno == ENOENT else { throw Failure("remove \(name)") }
    }

    // Links are removed and not followed. What cannot be removed is left: a test has failed to tidy up, and
    // the system's own cleaning takes it.
    private static func remove(_ path: String) {
        guard rmdir(path) != 0, let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            let child = "\(path)/\(name)"
            if unlink(child) != 0 { remove(child) }
        }
        closedir(directory)
        rmdir(path)
    }
}
