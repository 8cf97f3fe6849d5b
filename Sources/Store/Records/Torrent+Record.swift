internal import Metainfo
internal import Reconciliation

/// The row of a torrent in ``Table/torrents``: with its client, without its counters.
struct StoredTorrent: Equatable, Recordable {
    var key: ObservedKey
    var torrent: Torrent

    init(_ key: ObservedKey, _ torrent: Torrent) {
        self.key = key
        self.torrent = torrent.settledForm
    }

    func write(to writer: inout RecordWriter) {
        writer.write(key)
        writer.write(torrent.id)
        writer.write(torrent.identity)
        writer.write(torrent.name)
        writer.write(torrent.state.rawValue)
        writer.write(torrent.placement)
        writer.write(torrent.options)
        writer.write(torrent.addedAt)
        writer.write(torrent.completedAt)
        if let path = torrent.placement.downloadPath { writer.write(path) }
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        key = try reader.read(ObservedKey.self)
        torrent = Torrent(
            id: try reader.read(TorrentID.self), identity: try reader.read(TorrentIdentity.self),
            name: try reader.readText(), state: try reader.readWord(ServerState.self),
            placement: try reader.read(Torrent.Placement.self),
            options: try reader.read(Torrent.Options.self),
            addedAt: try reader.readOptional(WallTime.self),
            completedAt: try reader.readOptional(WallTime.self))
        // Rows of before it was read, and of servers that do not tell it, end here.
        if !reader.isAtEnd { torrent.placement.downloadPath = try reader.readText() }
    }
}

extension Torrent.Placement: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(savePath)
        writer.write(contentPath)
        writer.write(category)
        writer.write(each: tags) { $0.write($1) }
        writer.write(autoTMM)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(
            savePath: try reader.readText(), contentPath: try reader.readText(),
            category: try reader.readText(), tags: try reader.readTexts(), autoTMM: try reader.readFlag())
    }
}

extension Torrent.Options: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(sequentialDownload)
        writer.write(firstLastPiecePrio)
        writer.write(forceStart)
        writer.write(superSeeding)
        writer.write(downloadLimit)
        writer.write(uploadLimit)
        writer.write(ratioLimit)
        writer.write(seedingTimeLimit)
        writer.write(inactiveSeedingTimeLimit != nil)
        if let inactiveSeedingTimeLimit { writer.write(inactiveSeedingTimeLimit) }
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(
            sequentialDownload: try reader.readFlag(), firstLastPiecePrio: try reader.readFlag(),
            forceStart: try reader.readFlag(), superSeeding: try reader.readFlag(),
            downloadLimit: try reader.readSigned(), uploadLimit: try reader.readSigned(),
            ratioLimit: try reader.readDouble(), seedingTimeLimit: try reader.readSigned(),
            inactiveSeedingTimeLimit: try reader.readFlag() ? try reader.readSigned() : nil)
    }
}
