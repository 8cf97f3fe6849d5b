/// Where a torrent stands, in the contract's words and one sentence.
enum PhaseDerivation {
    static func standing(_ torrent: Torrent, hasCompleted: Bool) -> Standing {
        switch torrent.state {
        case .metaDL, .forcedMetaDL:
            Standing(.metadata, message: "waiting for the torrent's metadata from peers")
        case .queuedDL:
            Standing(.queued, message: "queued by qBittorrent")
        case .checkingDL, .checkingUP, .checkingResumeData:
            Standing(.checking, message: "qBittorrent is checking its data")
        case .moving:
            Standing(.moving, message: "qBittorrent is moving its data")
        case .downloading, .forcedDL, .allocating:
            Standing(.downloading, message: progress(torrent.counters))
        case .stalledDL:
            Standing(.stalled, message: progress(torrent.counters) + ", no peer is sending")
        case .stoppedDL:
            Standing(.stopped, message: "stopped at " + Display.percent(torrent.counters.progress))
        case .uploading, .forcedUP, .stalledUP, .queuedUP:
            hasCompleted
                ? Standing(.seeding, message: seeding(torrent.counters))
                : Standing(
                    .checking, reason: "Verifying", message: "complete by qBittorrent's word; looking again")
        case .stoppedUP:
            hasCompleted
                ? Standing(.completed, message: "complete, " + Display.bytes(torrent.counters.size))
                : Standing(
                    .checking, reason: "Verifying", message: "complete by qBittorrent's word; looking again")
        case .error:
            Standing(
                .error, reason: "ClientError",
                message: "qBittorrent reports an error for this torrent: see its log (a save path that it "
                    + "cannot write is the usual cause)")
        case .missingFiles:
            Standing(
                .error, reason: "MissingFiles", message: "qBittorrent no longer finds the torrent's files")
        case .unknown:
            Standing(
                .stalled, reason: "UnknownState",
                message: "qBittorrent reports a state that this version of qspool does not know")
        }
    }

    private static func progress(_ counters: Torrent.Counters) -> String {
        var text = Display.percent(counters.progress)
        if counters.size > 0 { text += " of " + Display.bytes(counters.size) }
        if let eta = counters.eta { text += ", about " + Display.duration(seconds: eta) + " left" }
        return text
    }

    private static func seeding(_ counters: Torrent.Counters) -> String {
        "complete, seeding at ratio " + Display.decimal(counters.ratio, places: 2)
    }
}
