import Reconciliation

/// What a JSON request file says, before anybody looked at a source beside it.
struct DecodedRequest: Equatable {
    var client: String
    var wishes: [Field: FieldValue]
    var onDelete: OnDelete
    var labels: [String: String]
    var isSuspended: Bool
    var terms: RequestTerms
    /// Spellings of other tools that the file used, each as `alias → field`, in the order of the file.
    var aliases: [String] = []
    /// To be tried in this order.
    var sources: [RequestDraft.SourceText] = []
    /// Tried after the sources.
    var release: RequestDraft.ReleaseText?
    /// The `.torrent` in the same folder that one of the sources names.
    var named: String?

    /// - Parameter client: Whose it is when the options do not say.
    init(_ options: RequestOptions, client: String) {
        self.client = options.client ?? client
        wishes = options.allWishes
        onDelete = options.onDelete ?? .remove
        labels = options.labels
        isSuspended = options.isSuspended ?? false
        terms = options.terms
    }

    /// Whether it says itself where its torrent comes from.
    var hasSource: Bool { !sources.isEmpty || release != nil }

    static let missingSource = Problem(
        code: "missing-field",
        message:
            "There is no source: neither a source or release field nor a .torrent or .magnet file of the "
            + "same name.",
        field: "source")

    /// For a named `.torrent` that is not there. It is looked at again when it comes.
    var missingNamed: Problem {
        problem(
            "missing-field",
            "The source names \(DisplayText.cut(named ?? "")), and there is no such file in the folder.",
            at: sources.first { $0.text == named })
    }

    func ambiguous(with file: String) -> Problem {
        problem(
            "ambiguous", "The source and \(DisplayText.cut(file)) beside it are two different torrents.",
            at: sources.first)
    }

    private func problem(
        _ code: String, _ message: String, at place: RequestDraft.SourceText?
    ) -> Problem {
        Problem(code: code, message: message, field: "source", line: place?.line, column: place?.column)
    }
}
