import CSys
import Glibc
import Metainfo
import Reconciliation
import Sourcing
import Spool

/// Judges a request away from the spool, by the very rules of a pass.
struct Trial {
    struct File {
        let name: String
        let bytes: [UInt8]
    }

    private let settings: SpoolSettings
    private let hasProwlarr: Bool

    init(_ installation: Installation) {
        settings = installation.spoolSettings
        hasProwlarr = installation.configuration.prowlarr.isConfigured
    }

    /// What is at `path`: a request, or the defaults of a folder, which are `nil`.
    ///
    /// - Throws: `SpoolError` when it cannot be read at all.
    func check(path: String) throws -> Result<Request?, Problem> {
        try RequestCheck.check(path: path, settings: settings, now: SystemClock().now().wall)
            .flatMap { checked in
                switch checked {
                case .request(let draft):
                    SourceResolver.resolve(draft, hasProwlarr: hasProwlarr).map(\.request)
                case .defaults: .success(nil)
                }
            }
    }

    /// The request at `path`, with the files beside it that belong to it.
    ///
    /// - Parameter folder: Below the spool: judged as if it lay there, under the defaults that hold there.
    /// - Throws: `SpoolError` when it cannot be read at all.
    func judge(path: String, asIfIn folder: String? = nil) throws -> Result<Request, Problem> {
        try RequestCheck.read(
            path: path, settings: settings, now: SystemClock().now().wall, asIfIn: folder
        )
        .flatMap { SourceResolver.resolve($0, hasProwlarr: hasProwlarr) }
        .map(\.request)
    }

    /// A request that is not on the disk yet: its first file, then those that belong to it.
    ///
    /// - Throws: ``Failure`` when there is no room for the trial.
    func judge(_ files: [File], asIfIn folder: String? = nil) throws -> Result<Request, Problem> {
        guard let first = files.first else { preconditionFailure("a request has a file") }
        let directory = try Self.makeDirectory()
        defer {
            for file in files { unlink(directory + "/" + file.name) }
            rmdir(directory)
        }
        for file in files {
            try AtomicFile.write(file.bytes, to: directory + "/" + file.name, mode: 0o600, durable: false)
        }
        return try judge(path: directory + "/" + first.name, asIfIn: folder)
    }

    private static func makeDirectory() throws(Failure) -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        // What mkdtemp(3) puts a name by chance in the place of.
        let chance = String(repeating: "X", count: 6)
        var template = Array((parent + "/qspool-trial-" + chance).utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(.trouble, "cannot make a directory below \(parent): \(Errno.text())")
        }
        return String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
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
