import Reconciliation

/// What a request can take over from a torrent as it is.
struct TorrentFields {
    let torrent: Torrent
    /// The prefix of the tags that are ours.
    let ownTag: String

    /// The value to write for a field so that nothing about the torrent changes; `nil` where the server does
    /// not tell it, or it says nothing lasting.
    func value(of field: Field) -> FieldValue? {
        switch field {
        case .savePath, .downloadPath:
            // Under automatic management the server chooses the paths: who names one fights it.
            return torrent.placement.autoTMM ? nil : torrent.value(of: field)
        case .tags:
            let own = ownTag.lowercased()
            return .list(torrent.placement.tags.filter { !$0.lowercased().hasPrefix(own) })
        case .state:
            switch torrent.state {
            // None of these shows whether somebody stopped it.
            case .error, .missingFiles, .unknown, .checkingDL, .checkingUP, .checkingResumeData: return nil
            default: return torrent.value(of: field)
            }
        default: return torrent.value(of: field)
        }
    }

    /// The same where there is anything to be kept: an empty category, a limit of 0 and the like are not.
    func setValue(of field: Field) -> FieldValue? {
        guard let value = value(of: field) else { return nil }
        let isSet =
            switch value {
            case .text(let text): !text.isEmpty
            case .flag(let flag): flag
            case .number(let number): number > 0
            case .list(let list): !list.isEmpty
            case .goals(let goals): goals != SeedGoals()
            case .selection: false
            }
        return isSet ? value : nil
    }
}
