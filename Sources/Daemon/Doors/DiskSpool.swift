import Logging
public import Metainfo
public import Reconciliation
import Sourcing
public import Spool

/// The spool on disk: reads request files, resolves their sources, and carries the orders.
public final class DiskSpool: SpoolDoor {
    /// Payload bytes that one reading keeps; what is over is read by the next pass. Bounds memory, whatever
    /// is dropped at once.
    private static let payloadBytes = 64 << 20

    private let reader: SpoolReader
    private let box: OrderBox
    private let hasProwlarr: Bool
    private let log = Logger(label: "qspool.spool")

    /// - Parameter hasProwlarr: Whether a search result that only Prowlarr can resolve is worth accepting.
    public init(reader: SpoolReader, orders: OrderBox, hasProwlarr: Bool = false) {
        self.reader = reader
        self.hasProwlarr = hasProwlarr
        box = orders
    }

    public var expectedIdentity: String? {
        get { reader.expectedIdentity }
        set { reader.expectedIdentity = newValue }
    }

    public func read(
        _ scope: SpoolScope, now: WallTime,
        isKnown: (SubjectKey, RequestVersion, TorrentIdentity) -> Bool
    ) -> SpoolDelta {
        var delta = SpoolDelta()
        var kept = 0
        var reading = first(scope, now: now)
        take(reading, into: &delta, kept: &kept, isKnown: isKnown)
        var before = Int.max
        // Files that are being written may fill a reading again and again: only progress is worth another.
        while reading.postponed > 0, reading.postponed < before, kept < Self.payloadBytes {
            before = reading.postponed
            reading = reader.scan(now: now)
            take(reading, into: &delta, kept: &kept, isKnown: isKnown)
        }
        if reading.postponed > 0 { delta.lookAgainAt = now }
        return delta
    }

    private func first(_ scope: SpoolScope, now: WallTime) -> SpoolReading {
        switch scope {
        case .paths(let paths): reader.rescan(paths, now: now)
        case .everything, .nothing: reader.scan(now: now)
        }
    }

    private func take(
        _ reading: SpoolReading, into delta: inout SpoolDelta, kept: inout Int,
        isKnown: (SubjectKey, RequestVersion, TorrentIdentity) -> Bool
    ) {
        delta.availability = reading.availability
        delta.identity = reading.identity
        delta.rejected += reading.changedRejections.map { (key: $0.0, rejection: $0.1) }
        delta.gone += reading.gone
        delta.unreadable = reading.unreadable
        delta.heldFolders = reading.heldFolders
        delta.problems = reading.problems
        delta.lookAgainAt = reading.nextSettleAt
        for draft in reading.changedDrafts {
            switch SourceResolver.resolve(draft, hasProwlarr: hasProwlarr) {
            case .failure(let problem):
                delta.rejected.append((draft.key, Rejection(problem: problem, version: draft.version)))
            case .success(let resolved):
                let arrival = Self.arrival(resolved, isKnown: isKnown)
                kept += arrival.payload.map { ($0.source?.byteCount ?? 0) + $0.document.count } ?? 0
                delta.accepted.append(arrival)
            }
        }
    }

    /// A request with one source that is known keeps nothing that the store holds already.
    private static func arrival(
        _ resolved: ResolvedDraft, isKnown: (SubjectKey, RequestVersion, TorrentIdentity) -> Bool
    ) -> SpoolDelta.Arrival {
        var request = resolved.request
        let payload = RequestPayload(
            document: resolved.document, suffix: resolved.suffix,
            source: resolved.candidates.first?.found?.payload, companions: resolved.companions)
        guard request.sources.isEmpty else {
            request.sourcesDigest = SourcesDigest.of(resolved.candidates)
            return SpoolDelta.Arrival(request: request, payload: payload, candidates: resolved.candidates)
        }
        if let identity = request.identity, isKnown(request.key, request.version, identity) {
            return SpoolDelta.Arrival(request: request, payload: nil)
        }
        return SpoolDelta.Arrival(request: request, payload: payload)
    }

    public func orders() -> [Order] {
        do {
            let (orders, problems) = try box.read()
            for problem in problems {
                log.warning("an order was ignored", metadata: ["reason": "\(problem.message)"])
            }
            return orders
        } catch {
            log.error("the orders cannot be read", metadata: ["reason": "\(error)"])
            return []
        }
    }

    public func finish(_ orders: [Order]) {
        guard !orders.isEmpty else { return }
        do {
            try box.delete(orders.map(\.file))
        } catch {
            // It is obeyed again by the next pass, which finds nothing left to do for it.
            log.warning("an order could not be deleted", metadata: ["reason": "\(error)"])
        }
    }
}
