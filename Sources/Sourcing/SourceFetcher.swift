public import HTTP
import Metainfo
public import Reconciliation

/// Finds out which torrent a source means, by asking where that takes asking: an address, or Prowlarr.
///
/// One source a call; any number of calls at once. Each host is asked by one of them at a time, politely; the
/// others wait for their turn, which counts against nothing. It keeps no source and repeats nothing by
/// itself: when to try again is said with the failure, and decided elsewhere. Cancelling the task ends the
/// call, waiting or not.
///
/// What reaches a network's inside is ruled out at every hop, for the address that is really connected to
/// (``HTTP/AddressRule/publicOnly(allowHosts:)``). No failure holds a key, a passkey or a query string.
public actor SourceFetcher {
    /// What hosts are told; libcurl says nothing by itself, and some sites refuse who says nothing.
    static let userAgent = "qspool"

    private let settings: SourcingSettings
    private let fetch: Fetch

    /// - Parameters:
    ///   - now: The clock that spacing and `Retry-After` are measured by.
    ///   - sleep: Waits for so many milliseconds, shorter when its task is cancelled.
    public init(
        transport: any HTTPTransport, settings: SourcingSettings,
        now: @escaping @Sendable () -> Timestamp, sleep: @escaping @Sendable (Int64) async -> Void
    ) {
        self.settings = settings
        let queue = HostQueue(
            spacing: settings.spacing, mostAtOnce: settings.mostAtOnce, now: now, sleep: sleep)
        fetch = Fetch(transport: transport, settings: settings, queue: queue, now: now)
    }

    /// - Returns: The torrent, or why it could not be had, with what may help.
    public func fetch(_ candidate: SourceCandidate) async -> Result<FoundSource, SourceFailure> {
        do throws(SourceFailure) {
            let found = try await found(candidate)
            if let expected = candidate.expected { try Self.check(found, expected) }
            return .success(found)
        } catch {
            return .failure(error)
        }
    }

    /// Whether the configured Prowlarr answers and accepts its key.
    ///
    /// - Returns: Its version, or what is wrong: `no-prowlarr` when none is configured.
    public func examine() async -> Result<String, SourceFailure> {
        do throws(SourceFailure) {
            return .success(try await ProwlarrStatus(prowlarr().call).version())
        } catch {
            return .failure(error)
        }
    }

    private func found(_ candidate: SourceCandidate) async throws(SourceFailure) -> FoundSource {
        switch candidate.content {
        case .known(let found): return found
        case .address(let url): return try await fetch.found(at: url)
        case .search(let guid, let indexerID, let title):
            let (call, origin) = try prowlarr()
            let search = ProwlarrSearch(call, origin: origin)
            return try await found(search.release(guid: guid, indexerID: indexerID, title: title))
        }
    }

    /// What Prowlarr's answer leads to. Its links are used at once and never kept: they are good for half an
    /// hour. Another offer of the release is tried when one can never work.
    private func found(_ release: Release) async throws(SourceFailure) -> FoundSource {
        let offers: [SourceCandidate]
        do throws(Problem) {
            offers = try ReleaseOffers(release).candidates(isOnlySource: true)
        } catch {
            throw SourceFailure(
                .retry(notBeforeMilliseconds: nil), code: "url-failed",
                message: "Prowlarr found the release, but no way to its torrent: \(error.message)")
        }
        var first: SourceFailure?
        for offer in offers {
            do throws(SourceFailure) {
                let found = try await found(offer)
                if let expected = offer.expected { try Self.check(found, expected) }
                return FoundSource(
                    identity: found.identity, payload: found.payload, size: found.size ?? release.knownSize)
            } catch {
                if case .retry = error.remedy { throw error }
                first = first ?? error
            }
        }
        guard let first else { preconditionFailure("a release that is the only source has an offer") }
        throw first
    }

    private func prowlarr() throws(SourceFailure) -> (call: ProwlarrCall, origin: HTTPOrigin) {
        guard let prowlarr = settings.prowlarr, let origin = prowlarr.origin else {
            throw SourceFailure(
                .correctRequest, code: "no-prowlarr",
                message: "No Prowlarr is configured (prowlarr.url, prowlarr.apiKeyFile).")
        }
        return (ProwlarrCall(settings: prowlarr, fetch: fetch), origin)
    }

    private static func check(_ found: FoundSource, _ expected: TorrentIdentity) throws(SourceFailure) {
        guard !found.identity.overlaps(expected) else { return }
        throw SourceFailure(
            .correctRequest, code: "hash-mismatch",
            message: "The source means the torrent \(found.identity), and the release says \(expected).")
    }
}
