public import Reconciliation

/// A draft whose sources were told apart: the request, and every place that its torrent may come from.
public struct ResolvedDraft: Equatable, Sendable {
    /// Its identity and size are those of the first candidate, as far as they are known without asking.
    public let request: Request
    /// The request file as accepted, byte for byte.
    public let document: [UInt8]
    /// `json`, `torrent` or `magnet`.
    public let suffix: String
    /// The files that belong to the document.
    public let companions: [RequestFile]
    /// In the order in which they are tried; at least one. No two mean the same torrent or address.
    public let candidates: [SourceCandidate]

    public init(
        request: Request, document: [UInt8], suffix: String, candidates: [SourceCandidate],
        companions: [RequestFile] = []
    ) {
        precondition(!candidates.isEmpty, "a request has at least one source")
        self.request = request
        self.document = document
        self.suffix = suffix
        self.candidates = candidates
        self.companions = companions
    }
}
