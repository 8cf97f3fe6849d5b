import Daemon
import Metainfo
import Reconciliation

/// A spool in memory: files by name, an identity, orders.
///
/// Unchecked: a scenario and its pass take turns, each waiting for the other.
final class MemorySpool: SpoolDoor, @unchecked Sendable {
    /// What stands in a request file.
    struct Wish: Equatable {
        var identity: TorrentIdentity
        var client = "default"
        var wishes: [Field: FieldValue] = [:]
        var onDelete: OnDelete = .remove
        var labels: [String: String] = [:]
        var isSuspended = false
        var aliases: [String] = []
        var terms = RequestTerms()
        var size: Int64?
        /// Empty: the torrent of `identity` alone.
        var sources: [SourceCandidate] = []
        /// Its source is a `.torrent` and not a magnet.
        var isFile = false
        /// What is sent for it; `nil`: something that only a server in memory takes.
        var payload: SourcePayload?

        var source: SourcePayload {
            payload
                ?? (isFile ? .metainfo(Array("d4:infodee".utf8)) : .magnet("magnet:?xt=urn:btih:\(identity)"))
        }

        /// Stands for the file's bytes.
        var document: [UInt8] {
            let fields = wishes.sorted { $0.key < $1.key }.map { "\($0.key.rawValue)=\($0.value)" }
            let labels = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let place = client == "default" ? "" : client
            let own = "\(place)\(identity.ids) \(fields) \(onDelete) \(labels) \(isSuspended) \(aliases)"
            return Array("\(own) \(terms) \(sources)".utf8)
        }
    }

    private enum Reading: Equatable {
        case wish(Wish)
        case bad(Problem)
    }

    var expectedIdentity: String?
    var identity = "spool-1"
    var isMounted = true
    var listingError: String?
    var heldFolders: [String: HeldFolder] = [:]
    private var files: [RequestName: Reading] = [:]
    private var unreadable: [RequestName: String] = [:]
    private var reported: [RequestName: Reading] = [:]
    private var pendingOrders: [Order] = []
    private var orderCount = 0
    private(set) var readings = 0

    // MARK: What producers do

    func write(_ name: String, _ wish: Wish) {
        files[RequestName(name)] = .wish(wish)
        unreadable[RequestName(name)] = nil
    }

    func writeBad(_ name: String, _ problem: Problem) { files[RequestName(name)] = .bad(problem) }

    func makeUnreadable(_ name: String, because reason: String) { unreadable[RequestName(name)] = reason }

    func makeReadable(_ name: String) { unreadable[RequestName(name)] = nil }

    func delete(_ name: String) {
        files[RequestName(name)] = nil
        unreadable[RequestName(name)] = nil
    }

    func rename(_ old: String, to new: String) {
        files[RequestName(new)] = files.removeValue(forKey: RequestName(old))
        unreadable[RequestName(new)] = unreadable.removeValue(forKey: RequestName(old))
    }

    func wish(_ name: String) -> Wish? {
        guard case .wish(let wish)? = files[RequestName(name)] else { return nil }
        return wish
    }

    var names: [String] { files.keys.sorted().map(\.text) }

    /// All wishes that are there.
    var wishes: [Wish] {
        files.values.compactMap { if case .wish(let wish) = $0 { wish } else { nil } }
    }

    func order(_ kind: Order.Kind) {
        orderCount += 1
        pendingOrders.append(Order(file: "order-\(orderCount)", kind: kind))
    }

    /// Another process begins: nothing was reported to it yet.
    func restart() { reported = [:] }

    // MARK: The door

    func orders() -> [Order] { pendingOrders }

    func finish(_ orders: [Order]) {
        let done = Set(orders.map(\.file))
        pendingOrders.removeAll { done.contains($0.file) }
    }

    func read(
        _ scope: SpoolScope, now: WallTime,
        isKnown: (SubjectKey, RequestVersion, TorrentIdentity) -> Bool
    ) -> SpoolDelta {
        readings += 1
        var delta = SpoolDelta()
        if let trouble {
            delta.availability = .unavailable(trouble)
            return delta
        }
        delta.identity = identity
        delta.heldFolders = heldFolders
        for (name, reason) in unreadable where files[name] != nil {
            delta.unreadable[key(of: reported[name] ?? files[name], name)] = reason
        }
        for name in Set(files.keys).union(reported.keys).sorted() where isCovered(name, by: scope) {
            report(name, now, isKnown, &delta)
        }
        return delta
    }

    private func key(of reading: Reading?, _ name: RequestName) -> SubjectKey {
        guard case .wish(let wish)? = reading else { return SubjectKey(name: name) }
        return SubjectKey(client: wish.client, name: name)
    }

    private var trouble: String? {
        if !isMounted { return "the spool has no identity" }
        if let expectedIdentity, expectedIdentity != identity { return "this is another spool" }
        return listingError.map { "the spool could not be listed: \($0)" }
    }

    private func isCovered(_ name: RequestName, by scope: SpoolScope) -> Bool {
        if heldFolders.keys.contains(where: { name.isBelow(folder: $0) }) || unreadable[name] != nil {
            return false
        }
        switch scope {
        case .everything: return true
        case .paths(let paths): return paths.contains(name.text)
        case .nothing: return false
        }
    }

    private func report(
        _ name: RequestName, _ now: WallTime,
        _ isKnown: (SubjectKey, RequestVersion, TorrentIdentity) -> Bool, _ delta: inout SpoolDelta
    ) {
        let reading = files[name]
        guard reading != reported[name] else { return }
        let old = key(of: reported[name], name)
        // What cannot be used is still the request of the client that it named.
        let key = if case .wish = reading { key(of: reading, name) } else { old }
        if reported[name] != nil, key != old { delta.gone.append(old) }
        reported[name] = reading
        switch reading {
        case nil: delta.gone.append(key)
        case .bad(let problem)?:
            let version = RequestVersion(digest: Digest.sha256(Array("bad".utf8)), readAt: now)
            delta.rejected.append((key, Rejection(problem: problem, version: version)))
        case .wish(let wish)?:
            let version = RequestVersion(digest: Digest.sha256(wish.document), readAt: now)
            let identity = wish.sources.isEmpty ? wish.identity : wish.sources.first?.found?.identity
            let request = Request(
                key: key, identity: identity, wishes: wish.wishes, onDelete: wish.onDelete,
                labels: wish.labels, isSuspended: wish.isSuspended, version: version,
                aliases: wish.aliases, terms: wish.terms, sources: wish.sources.map(\.label),
                sourcesDigest: wish.sources.isEmpty
                    ? [] : Digest.sha256(Array("\(wish.sources.map(\.label))".utf8)), size: wish.size)
            let payload = RequestPayload(
                document: wish.document, suffix: "json",
                source: wish.sources.isEmpty
                    ? wish.source : identity.map { .magnet("magnet:?xt=urn:btih:\($0)") })
            let isStored = wish.sources.isEmpty && isKnown(key, version, wish.identity)
            delta.accepted.append(
                SpoolDelta.Arrival(
                    request: request, payload: isStored ? nil : payload, candidates: wish.sources))
        }
    }
}
