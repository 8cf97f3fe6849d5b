import Glibc
import JSON
import Metainfo
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

    private static func summary(_ request: Request?) -> String {
        guard let request else { return "defaults of a folder" }
        let others = request.sources.count > 1 ? ", or \(request.sources.count - 1) more" : ""
        guard let identity = request.identity else {
            return "asks for what \(request.sources.first ?? "its source") leads to" + others
        }
        return "asks for \(identity)" + others
    }

    /// - Throws: ``Failure`` when a file cannot be read.
    public func verdicts(_ paths: [String]) throws -> [FileVerdict] {
        try paths.map { path in
            guard access(path, R_OK) == 0 else {
                return FileVerdict(
                    path: path,
                    problem: Problem(code: "unreadable", message: "cannot be read: \(Errno.text())"))
            }
            switch try trial.check(path: path) {
            case .success(let request):
                return FileVerdict(path: path, problem: nil, summary: Self.summary(request))
            case .failure(let problem):
                return FileVerdict(path: path, problem: problem)
            }
        }
    }
}
