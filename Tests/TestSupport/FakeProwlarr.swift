import Glibc
import JSON

/// A Prowlarr on 127.0.0.1, as far as its documented search, system and download endpoints go.
///
/// A search answers releases whose links are good for half an hour of the fake's own clock
/// (``advance(seconds:)``) or until ``forget()``; a grab (`POST /api/v1/search`) is only counted,
/// because a real one would hand the release to another program.
public final class FakeProwlarr: Sendable {
    /// One release of an indexer.
    public struct Release: Sendable {
        /// What its download link leads to.
        public enum Content: Sendable {
            /// 200 with the file.
            case torrent([UInt8])
            /// 301 to the link, as for an indexer that only has magnet links.
            case magnet(String)
            /// 301 to the indexer's own address, as for an indexer with "Redirect".
            case redirect(String)
            /// Anything else.
            case answer(LoopbackServer.Reply)
        }

        public var guid: String
        public var title: String
        public var indexerID: Int64
        public var size: Int64
        public var content: Content
        /// Shown by the search.
        public var infoHash: String?
        /// Whether the search shows its link as `magnetUrl` instead of `downloadUrl`.
        public var isLinkedAsMagnet = false
        /// `torrent` or `usenet`.
        public var kind = "torrent"

        public init(
            guid: String, title: String, indexerID: Int64 = 1, size: Int64 = 0, content: Content,
            infoHash: String? = nil
        ) {
            self.guid = guid
            self.title = title
            self.indexerID = indexerID
            self.size = size
            self.content = content
            self.infoHash = infoHash
        }
    }

    /// What it wants as `X-Api-Key` or `apikey`.
    public let apiKey: String
    private let world: FakeProwlarrWorld
    private let server: LoopbackServer

    /// - Parameter urlBase: Such as `/prowlarr`; every path is below it.
    public init(
        apiKey: String = "fake0prowlarr0key0of0the0tests00", urlBase: String = "", releases: [Release] = []
    ) {
        self.apiKey = apiKey
        let world = FakeProwlarrWorld(apiKey: apiKey, urlBase: urlBase, releases: releases)
        self.world = world
        server = LoopbackServer { world.reply(to: $0) }
        world.setPort(server.port)
    }

    /// With the URL base, without a slash at the end.
    public var url: String { world.url }

    public var port: Int { server.port }

    /// The release as a search shows it: what a person saves as a request file. Its link is good from now on.
    public func json(of guid: String) -> String { world.json(of: guid) }

    /// As after a restart: no link given out so far is good any more.
    public func forget() { world.forget() }

    /// Moves the clock by which links expire.
    public func advance(seconds: Int) { world.advance(seconds: seconds) }

    public func add(_ release: Release) { world.add(release) }

    /// What searches answer instead of releases; `nil`: releases again.
    public func answerSearches(with reply: LoopbackServer.Reply?) { world.answerSearches(with: reply) }

    /// What download links of an indexer answer instead of their content; `nil`: the content again.
    public func answerDownloads(of indexerID: Int64, with reply: LoopbackServer.Reply?) {
        world.answerDownloads(of: indexerID, with: reply)
    }

    /// An error in the form of its download endpoint.
    public static func error(
        _ status: Int, _ description: String, headers: [(name: String, value: String)] = []
    ) -> LoopbackServer.Reply {
        LoopbackServer.Reply(
            status: status, headers: [("Content-Type", "application/rss+xml")] + headers,
            body: Array(
                ("<?xml version=\"1.0\" encoding=\"utf-8\"?>"
                    + "<error code=\"\(status)\" description=\"\(description)\" />").utf8))
    }

    /// The targets of all searches, in order.
    public var searches: [String] { received { $0.method == "GET" && $0.path.hasSuffix("/api/v1/search") } }

    /// The targets of all downloads, in order.
    public var downloads: [String] { received { $0.path.hasSuffix("/download") } }

    /// How many grabs were asked for. qspool makes none.
    public var grabCount: Int { server.received.count { $0.method == "POST" } }

    /// Everything that was asked.
    public var requests: [LoopbackServer.Received] { server.received }

    public func stop() { server.stop() }

    private func received(_ isMeant: (LoopbackServer.Received) -> Bool) -> [String] {
        server.received.filter(isMeant).map(\.target)
    }
}
