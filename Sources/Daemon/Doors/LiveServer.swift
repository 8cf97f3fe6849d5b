import Metainfo
public import QBittorrent
public import Reconciliation

/// A real qBittorrent behind its client.
public struct LiveServer: ServerDoor {
    private let client: QBittorrent.Client

    public init(_ client: QBittorrent.Client) { self.client = client }

    public func listing() async -> Result<[Torrent], ClientTrouble> { await client.listing() }

    public func look(at ids: [TorrentID]) async -> Result<[Torrent], ClientTrouble> {
        await client.look(at: ids)
    }

    public func perform(
        _ actions: [Action], payloads: [TorrentIdentity: SourcePayload]
    ) async -> [Outcome] {
        await client.perform(actions) { payloads[$0] }
    }

    public func impression() async -> ServerImpression {
        let calls = await client.callsMade
        return ServerImpression(
            facts: await client.knownFacts, hasRestarted: await client.hasRestartedSinceLastListing,
            readingCalls: calls.reading, changingCalls: calls.changing,
            listingMilliseconds: await client.lastListingCost?.wholeMilliseconds ?? 0,
            lookMilliseconds: await client.lastLookCost?.wholeMilliseconds ?? 0)
    }

    public func keepAlive() async { _ = await client.keepAlive() }
}

extension Duration {
    /// Rounded down.
    var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
