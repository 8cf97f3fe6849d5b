public import Reconciliation

public struct ResolvedDraft: Equatable, Sendable {
    public let request: Request
    public let document: [UInt8]
    public let suffix: String
    public let candidates: [SourceCandidate]
}

extension SourceResolver {
    public static func resolve(_ draft: RequestDraft, hasProwlarr: Bool) -> Result<ResolvedDraft, Problem> {
        resolve(draft).map { request, payload in
            let found = request.identity.flatMap { identity in
                payload.source.map { FoundSource(identity: identity, payload: $0) }
            }
            return ResolvedDraft(
                request: request, document: payload.document, suffix: payload.suffix,
                candidates: found.map { [SourceCandidate(.known($0), label: "it")] } ?? [])
        }
    }
}
