import Glibc
import JSON
public import Reconciliation

/// What `validate` says of one file.
public struct FileVerdict: Sendable {
    public var path: String
    /// `nil`: it is good.
    public var problem: Problem?
    /// What it asks for, when it is good.
    public var summary = ""

    /// `path:line:column: code: message`, as compilers say it; or that it is good.
    public var line: String {
        guard let problem else { return "\(path): ok, \(summary)" }
        var place = path
        if let line = problem.line { place += ":\(line)" }
        if problem.line != nil, let column = problem.column { place += ":\(column)" }
        let field = problem.field.map { " (\($0))" } ?? ""
        return "\(place): \(problem.code)\(field): \(problem.message)"
    }

    public static func array(_ verdicts: [FileVerdict]) -> [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginArray()
        for verdict in verdicts {
            writer.beginObject()
            writer.field("path", verdict.path)
            writer.field("ok", verdict.problem == nil)
            writer.field("code", verdict.problem?.code)
            writer.field("message", verdict.problem?.message)
            writer.field("field", verdict.problem?.field)
            writer.field("line", verdict.problem?.line)
            writer.field("column", verdict.problem?.column)
            writer.endObject()
        }
        writer.endArray()
        return writer.bytes + [10]
    }
}

/// `qspool validate`: judges request files without a server, each with the files beside it that belong to it.
public struct Validation {
    private let trial: Trial

    public init(_ installation: Installation) { trial = Trial(installation) }

    /// - Throws: ``Failure`` when a file cannot be read.
    public func verdicts(_ paths: [String]) throws -> [FileVerdict] {
        try paths.map(verdict)
    }

    private func verdict(_ path: String) throws -> FileVerdict {
        let name = NamedFile.name(of: path)
        let (stem, suffix) = NamedFile.split(name)
        guard ["json", "torrent", "magnet"].contains(suffix) else {
            throw Failure(.usage, "\(path) is no request: requests end in .json, .torrent or .magnet")
        }
        let folder = String(path.dropLast(name.count))
        let own = Trial.File(name: name, bytes: try NamedFile.read(path))
        var files = [own]
        for other in ["json", "torrent", "magnet"] where other != suffix {
            try add(stem + "." + other, from: folder, to: &files)
        }
        if suffix == "json", let named = Self.namedTorrent(own.bytes) {
            try add(named, from: folder, to: &files)
        }
        let verdicts = try trial.judge(files)
        switch verdicts[RequestName(stem)] {
        case .success(let request)?:
            return FileVerdict(path: path, problem: nil, summary: "asks for \(request.identity)")
        case .failure(let problem)?:
            return FileVerdict(path: path, problem: problem)
        case nil:
            return FileVerdict(
                path: path,
                problem: Problem(code: "bad-name", message: "a file of this name is not taken for a request"))
        }
    }

    private func add(_ name: String, from folder: String, to files: inout [Trial.File]) throws {
        guard access(folder + name, R_OK) == 0, !files.contains(where: { $0.name == name }) else { return }
        files.append(Trial.File(name: name, bytes: try NamedFile.read(folder + name)))
    }

    /// The `.torrent` of the same folder that a request names as its source.
    private static func namedTorrent(_ bytes: [UInt8]) -> String? {
        let root: JSONNode
        do throws(JSONError) {
            root = try JSONReader.document(bytes)
        } catch {
            return nil
        }
        guard let source = root["source"]?.text, source.lowercased().hasSuffix(".torrent"),
            !source.contains("/"), !source.hasPrefix(".")
        else { return nil }
        return source
    }
}
