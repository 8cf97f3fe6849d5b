import Reconciliation

/// What a JSON request file says, before anybody looked at a source beside it.
struct DecodedRequest: Equatable {
    var client: String
    var wishes: [Field: FieldValue] = [:]
    var onDelete = OnDelete.remove
    var labels: [String: String] = [:]
    var isSuspended = false
    /// Spellings of other tools that the file used, each as `alias → field`, in the order of the file.
    var aliases: [String] = []
    var source: RequestDraft.SourceText?
    /// The `.torrent` in the same folder that `source` names.
    var named: String?

    init(client: String) { self.client = client }

    static let missingSource = Problem(
        code: "missing-field",
        message:
            "There is no source: neither a source field nor a .torrent or .magnet file of the same name.",
        field: "source")

    /// For a named `.torrent` that is not there. It is looked at again when it comes.
    var missingNamed: Problem {
        problem(
            "missing-field",
            "The source names \(DisplayText.cut(named ?? "")), and there is no such file in the folder.")
    }

    func ambiguous(with file: String) -> Problem {
        problem("ambiguous", "The source and \(DisplayText.cut(file)) beside it are two different torrents.")
    }

    private func problem(_ code: String, _ message: String) -> Problem {
        Problem(code: code, message: message, field: "source", line: source?.line, column: source?.column)
    }
}
