import Glibc
import HTTP
import Metainfo
import QBittorrent
import Reconciliation
import Spool
import Store

/// `qspool import`: writes requests for torrents that are in qBittorrent and that no request asks for, and
/// marks those torrents as adopted. The next pass follows them and changes nothing.
///
/// Each request is on the disk before its torrent is marked: after a crash in between the next pass adopts
/// it. Works beside a daemon.
public struct Importation {
    /// So many files are written before their torrents are marked in one call.
    private static let batch = 50
    /// How often it is looked whether the marks show, 50 ms apart.
    private static let mostLooks = 100

    private let installation: Installation
    private let query: ImportQuery

    public init(_ installation: Installation, _ query: ImportQuery) {
        self.installation = installation
        self.query = query
    }

    private struct Prepared {
        let torrent: Torrent
        let composed: ImportComposition.Composed
        var entry: ImportReport.Entry
    }

    /// - Throws: ``Failure`` when nothing was written: wrong usage, no spool, no server.
    public func run() async throws -> ImportReport {
        guard query.isSelective else {
            throw Failure(
                .usage, "say what to import: names or info-hashes, --category, --tag, or --all of them")
        }
        guard installation.configuration.clients[query.client] != nil else {
            let known = installation.configuration.clients.keys.sorted().joined(separator: ", ")
            throw Failure(.usage, "there is no client “\(query.client)”; the clients are \(known)")
        }
        let store = try ReadOnlyStore.open(installation)
        try KnownSpool.require(installation, store)
        let writer = try RequestWriter(directory: installation.layout.requests)
        let askedFor = try AskedFor(installation, store, client: query.client)
        let client = try Workspace.client(
            installation, query.client, transport: CurlTransport(),
            isKept: access(installation.layout.session, W_OK) == 0, asksAgain: false)
        let torrents = try Self.answer(await client.listing())
        let facts = try Self.answer(await client.facts())
        let choices = try ImportSelection(query: query, rules: installation.rules)
            .choices(among: torrents, askedFor: askedFor)
        return try await run(choices, client, facts, writer)
    }

    private func run(
        _ choices: [ImportSelection.Choice], _ client: QBittorrent.Client, _ facts: ServerFacts,
        _ writer: RequestWriter
    ) async throws -> ImportReport {
        var report = ImportReport(client: query.client, isDryRun: query.isDryRun)
        var names = ImportNames(folder: query.folder, writer: writer)
        var pending: [Prepared] = []
        for choice in choices {
            switch choice {
            case .skipped(let torrent, let why):
                report.entries.append(Self.entry(torrent, .skipped, why))
            case .chosen(let torrent):
                var prepared = try await prepare(torrent, client, facts, &names)
                if !query.isDryRun, prepared.entry.verdict == .written {
                    write(&prepared, writer, &report)
                    if prepared.entry.verdict == .written { pending.append(prepared) }
                }
                report.entries.append(prepared.entry)
                if pending.count == Self.batch { await adopt(&pending, client, &report) }
            }
            // Those that are on the disk are adopted all the same.
            if report.trouble != nil { break }
        }
        await adopt(&pending, client, &report)
        return report
    }

    // MARK: One torrent

    private func prepare(
        _ torrent: Torrent, _ client: QBittorrent.Client, _ facts: ServerFacts, _ names: inout ImportNames
    ) async throws -> Prepared {
        var composition = ImportComposition(
            torrent: torrent, source: try await source(of: torrent, client), folder: query.folder,
            client: query.client, facts: facts, installation: installation)
        do {
            let composed = try composition.compose(query.fields)
            var entry = Self.entry(torrent, .written, composed.remarks.joined(separator: "; "))
            let name = try names.take(for: torrent)
            entry.request = name
            entry.files = composed.files.map { name.text + "." + $0.suffix }
            entry.fields = composed.fields
            return Prepared(torrent: torrent, composed: composed, entry: entry)
        } catch let refusal as ImportComposition.Refusal {
            return Prepared(
                torrent: torrent, composed: .init(files: [], fields: [:], remarks: []),
                entry: Self.entry(torrent, .refused, refusal.message))
        }
    }

    /// The `.torrent` where the server gives one that is this very torrent, else a magnet link of what the
    /// server tells.
    private func source(
        of torrent: Torrent, _ client: QBittorrent.Client
    ) async throws -> ImportComposition.Source {
        if torrent.hasMetadata, let bytes = try Self.answer(await client.metainfo(of: torrent.id)),
            Self.isMetainfo(bytes, of: torrent.identity)
        {
            return .torrent(bytes)
        }
        let name = torrent.name == torrent.id.description ? nil : torrent.name
        let magnet = Magnet(
            identity: torrent.identity, displayName: name,
            trackers: try Self.answer(await client.trackers(of: torrent.id)))
        return .magnet(magnet.link())
    }

    /// Every hash that the server names must be the file's.
    static func isMetainfo(_ bytes: [UInt8], of identity: TorrentIdentity) -> Bool {
        do throws(MetainfoError) {
            let file = try TorrentFile(bytes: bytes).identity
            return file.merging(identity) == file && identity.merging(file) == file
        } catch {
            return false
        }
    }

    private func write(
        _ prepared: inout Prepared, _ writer: RequestWriter, _ report: inout ImportReport
    ) {
        guard let name = prepared.entry.request else { preconditionFailure("what is written has a name") }
        do throws(SpoolError) {
            try writer.create(name, files: prepared.composed.files)
        } catch {
            prepared.entry.verdict = .refused
            prepared.entry.message = error.message
            // A name that was taken a moment ago is one torrent's trouble; a disk that is full, everybody's.
            if error.code != "exists" { report.trouble = Failure.understanding(error) }
        }
    }

    // MARK: Adopting

    /// Marks the torrents whose requests are on the disk, and waits a little until that shows.
    private func adopt(
        _ pending: inout [Prepared], _ client: QBittorrent.Client, _ report: inout ImportReport
    ) async {
        let tag = installation.rules.adoptedTag
        let unmarked = pending.filter { !$0.torrent.placement.tags.contains(tag) }
        pending = []
        let actions = unmarked.compactMap { prepared in
            prepared.entry.request.map {
                Action(
                    subject: SubjectKey(client: query.client, name: $0), identity: prepared.torrent.identity,
                    id: prepared.torrent.id, call: .addTags([tag]), reason: "imported")
            }
        }
        for outcome in await client.perform(actions, payload: { _ in nil }) {
            switch outcome.result {
            case .acknowledged, .skipped: continue
            case .unknown(let failure), .failed(let failure):
                report.trouble = Failure(
                    .unreachable,
                    "not all torrents could be marked as adopted: \(failure.message) Their requests are "
                        + "written; the next pass adopts them")
                return
            }
        }
        await look(for: tag, on: actions.compactMap(\.id), client)
    }

    /// What a server shows lags behind what it answered.
    private func look(for tag: String, on ids: [TorrentID], _ client: QBittorrent.Client) async {
        for _ in 0..<Self.mostLooks {
            guard case .success(let torrents) = await client.look(at: ids) else { return }
            if torrents.allSatisfy({ $0.placement.tags.contains(tag) }) { return }
            await QBittorrent.Client.pause()
        }
    }

    private static func entry(
        _ torrent: Torrent, _ verdict: ImportReport.Verdict, _ message: String
    ) -> ImportReport.Entry {
        ImportReport.Entry(
            torrent: torrent.id, torrentName: DisplayText.cut(torrent.name), verdict: verdict,
            message: message)
    }

    private static func answer<Value>(_ result: Result<Value, ClientTrouble>) throws(Failure) -> Value {
        switch result {
        case .success(let value): return value
        case .failure(let trouble):
            throw Failure(trouble.kind == .credentials ? .credentials : .unreachable, trouble.message)
        }
    }
}
