import CSys
import Glibc
import Metainfo
import Reconciliation
import Spool

/// Judges request files away from the spool, by the very rules of a pass: in a spool of its own that exists
/// only for the trial.
struct Trial {
    struct File {
        let name: String
        let bytes: [UInt8]
    }

    private let settings: SpoolSettings

    init(_ installation: Installation) { settings = installation.spoolSettings }

    /// - Parameter files: What lies in one folder: a request with its side files.
    /// - Returns: By request name, the request or what is wrong with it.
    /// - Throws: ``Failure`` when there is no room for the trial.
    func judge(_ files: [File]) throws -> [RequestName: Result<Request, Problem>] {
        let directory = try Self.makeDirectory()
        var names: [String] = [SpoolIdentity.fileName]
        defer { Self.clean(directory, names) }
        _ = try SpoolIdentity.create(in: directory)
        for file in files {
            names.append(file.name)
            try AtomicFile.write(file.bytes, to: directory + "/" + file.name, mode: 0o600, durable: false)
        }
        var settings = settings
        settings.directory = directory
        settings.settleMilliseconds = 0
        let spool = DiskSpool(
            reader: try SpoolReader(settings: settings), orders: OrderBox(directory: directory + "/orders"))
        let delta = spool.read(.everything, now: SystemClock().now().wall) { _, _, _ in false }
        var verdicts: [RequestName: Result<Request, Problem>] = [:]
        for (request, _) in delta.accepted { verdicts[request.key.name] = .success(request) }
        for (key, rejection) in delta.rejected { verdicts[key.name] = .failure(rejection.problem) }
        for (key, reason) in delta.unreadable {
            verdicts[key.name] = .failure(Problem(code: "unreadable", message: reason))
        }
        return verdicts
    }

    private static func makeDirectory() throws(Failure) -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((parent + "/qspool-trial-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(.trouble, "cannot make a directory below \(parent): \(Errno.text())")
        }
        return String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func clean(_ directory: String, _ names: [String]) {
        for name in names { unlink(directory + "/" + name) }
        rmdir(directory)
    }
}

/// Reading a file that a person named.
enum NamedFile {
    /// - Throws: ``Failure`` with a sentence.
    static func read(_ path: String, atMost limit: Int = 16 << 20) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Failure(.usage, "cannot read \(path): \(Errno.text())") }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.usage, "\(path) is not a regular file")
        }
        guard facts.st_size <= limit else {
            throw Failure(.usage, "\(path) is larger than any request (\(facts.st_size) bytes)")
        }
        var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
        var count = 0
        while count < bytes.count {
            let more = bytes[count...].withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            guard more > 0 else { break }
            count += more
        }
        return Array(bytes.prefix(count))
    }

    /// The last component of a path.
    static func name(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
    }

    /// Name and suffix, the suffix in lower case; an empty one when there is none.
    static func split(_ name: String) -> (stem: String, suffix: String) {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return (name, "") }
        return (String(name[..<dot]), name[name.index(after: dot)...].lowercased())
    }
}
