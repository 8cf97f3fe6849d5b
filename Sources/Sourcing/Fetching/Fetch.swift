import HTTP
import Metainfo
import Reconciliation

/// Fetches one address: follows its redirects by hand, and tells what came by its bytes.
///
/// It waits for its turn at every host it comes to, and holds the turn of one host at a time. A redirect
/// within a host is followed in the same turn, because the host itself asked for it.
struct Fetch {
    /// The most redirects that are followed.
    static let mostRedirects = 5

    let transport: any HTTPTransport
    let settings: SourcingSettings
    let queue: HostQueue
    let now: @Sendable () -> Timestamp

    /// - Throws: Why nothing was found; a failure of any kind.
    func found(at url: String) async throws(SourceFailure) -> FoundSource {
        var hop = try Hop(url, from: nil, settings)
        var trail = Trail(hop, limit: settings.timeout)
        while true {
            try await enter(hop)
            var step = await ask(hop, &trail)
            while case .redirect(let next) = step, next.host == hop.host {
                hop = next
                step = await ask(hop, &trail)
            }
            if case .failed(_, let quiet?) = step { await queue.hold(hop.host, milliseconds: quiet) }
            await queue.leave(hop.host)
            switch step {
            case .found(let found): return found
            case .failed(let failure, _): throw failure
            case .redirect(let next): hop = next
            }
        }
    }

    /// What one answer leads to.
    private enum Step {
        case found(FoundSource)
        case redirect(Hop)
        /// With how long its host wants to be left alone by everybody, in milliseconds.
        case failed(SourceFailure, quiet: Int64?)
    }

    private func enter(_ hop: Hop) async throws(SourceFailure) {
        switch await queue.enter(hop.host) {
        case .go: return
        case .held(let milliseconds):
            throw .busy(hop.shown, milliseconds: milliseconds)
        case .cancelled: throw .cancelled
        }
    }

    private func ask(_ hop: Hop, _ trail: inout Trail) async -> Step {
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await transport.perform(hop.request(settings, left: trail.left))
        } catch {
            return .failed(TransportFailure.of(error, at: hop.shown, origin: hop.origin), quiet: nil)
        }
        trail.spend(response.total)
        let words = ShownText(hiding: trail.urls, keys: settings.prowlarr.map { [$0.apiKey] } ?? [])
        let answer = Answer(response, of: hop, words: words, now: now().wall)
        do throws(SourceFailure) {
            if let location = answer.location {
                return try follow(location, response, hop, &trail)
            }
            return .found(try answer.found())
        } catch {
            return .failed(error, quiet: answer.quietMilliseconds)
        }
    }

    private func follow(
        _ location: String, _ response: HTTPResponse, _ hop: Hop, _ trail: inout Trail
    ) throws(SourceFailure) -> Step {
        if location.lowercased().hasPrefix("magnet:") {
            do throws(MetainfoError) {
                return .found(FoundSource(try Magnet(text: location)))
            } catch {
                throw SourceFailure(
                    .correctRequest, code: error.code,
                    message: "\(hop.shown) redirects to a magnet link that is not usable: \(error.message)")
            }
        }
        // libcurl makes relative ones absolute. What it makes nothing of is judged as it stands.
        let next = try Hop(response.redirectURL ?? location, from: hop, settings)
        try trail.add(next, from: hop)
        return .redirect(next)
    }
}

/// Where a fetch has been, and how much of its time is left.
private struct Trail {
    private(set) var urls: [String]
    private(set) var left: Duration

    init(_ first: Hop, limit: Duration) {
        urls = [first.url]
        left = limit
    }

    mutating func spend(_ time: Duration) { left = max(left - time, .milliseconds(1)) }

    mutating func add(_ next: Hop, from hop: Hop) throws(SourceFailure) {
        guard !urls.contains(where: { $0.utf8.elementsEqual(next.url.utf8) }) else {
            throw SourceFailure(
                .correctRequest, code: "url-failed",
                message: "\(hop.shown) redirects in a circle. Pages that want a cookie or a login do that.")
        }
        guard urls.count <= Fetch.mostRedirects else {
            throw SourceFailure(
                .correctRequest, code: "url-failed",
                message: "\(SourceLabel.address(urls[0])) redirects more than \(Fetch.mostRedirects) times.")
        }
        urls.append(next.url)
    }
}
