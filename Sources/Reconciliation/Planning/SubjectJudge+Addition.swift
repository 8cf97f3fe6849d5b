import Metainfo

/// Adding the torrent, with all that a request wants of it from its first instant.
extension SubjectJudge {
    mutating func add(_ request: Request, _ identity: TorrentIdentity) -> Judgement {
        if memory.following == nil, let waiting = beforeItsTime(request) { return waiting }
        if let root = missingRoot(request) { return heldBelow(root, torrent: nil) }
        if let waiting = backingOff(torrent: nil) { return waiting }
        let addition = addition(request, isStopped: request.wantedState == .stopped)
        let action = Action(
            subject: key, identity: identity, id: nil, call: .add(addition),
            reason: memory.following == nil ? "asked for and not there" : "asked for and gone")
        memory.intent = Intent(kind: .add, at: now)
        memory.survey = nil
        // Remembered before the call: whatever becomes of its answer, a torrent that was added to stop at
        // its metadata is known to be ours to start.
        memory.selection = addition.awaitsSelection ? SelectionProgress(startsWhenChosen: true) : nil
        let row = taken ?? (memory.leaving.isEmpty ? .add : .exchange)
        return qualified(
            judgement(.act([action]), Standing(.adding, message: "being sent to qBittorrent")), request
        ).named(row)
    }

    private func addition(_ request: Request, isStopped: Bool) -> Addition {
        // What the server cannot carry out is not asked of it.
        func wish(_ field: Field) -> FieldValue? {
            request.wishes[field].flatMap { isSupported(field, $0) ? $0 : nil }
        }
        func text(_ field: Field) -> String? {
            guard case .text(let text)? = wish(field), !text.isEmpty else { return nil }
            return text
        }
        func flag(_ field: Field) -> Bool? {
            guard case .flag(let flag)? = wish(field) else { return nil }
            return flag
        }
        func limit(_ field: Field) -> Int64? {
            guard case .number(let number)? = wish(field), number > 0 else { return nil }
            return number
        }
        var tags: [String] = []
        if case .list(let wanted)? = request.wishes[.tags] { tags = wanted }
        let category = text(.category)
        var options = Addition.Options()
        if case .text(let path)? = wish(.downloadPath) { options.downloadPath = path }
        options.contentLayout = text(.contentLayout).flatMap(ContentLayout.init)
        options.skipChecking = flag(.skipChecking) ?? false
        if picture.facts?.ignoresQueueInAdd != true {
            options.queue = text(.queue).flatMap(QueuePosition.init)
        }
        return Addition(
            ownershipTag: rules.tag, tags: tags, category: category,
            categoryPath: category.flatMap { rules.categoryPaths[$0] }, savePath: text(.savePath),
            autoTMM: flag(.autoTMM), rename: text(.rename),
            sequentialDownload: flag(.sequentialDownload) ?? false,
            firstLastPiecePrio: flag(.firstLastPiecePrio) ?? false, downloadLimit: limit(.downloadLimit),
            uploadLimit: limit(.uploadLimit), isStopped: isStopped,
            awaitsSelection: !isStopped && wish(.files) != nil, options: options)
    }

    // MARK: What cannot be carried out

    func isSupported(_ field: Field, _ wanted: FieldValue) -> Bool {
        guard let facts = picture.facts else { return true }
        let isSubfolder = wanted == .text(ContentLayout.subfolder.rawValue)
        if field == .contentLayout, facts.lacksSubfolders, isSubfolder { return false }
        return !facts.unsupported.contains(field)
    }

    /// The judgement with the wishes that are not carried out, and why.
    func qualified(_ judgement: Judgement, _ request: Request) -> Judgement {
        var judgement = judgement
        for (field, wanted) in request.wishes where !isSupported(field, wanted) {
            judgement.unsupported[field] = unsupportedReason(field)
        }
        if request.wishes[.autoTMM] == .flag(true) {
            for field in [Field.savePath, .downloadPath] where request.wishes[field] != nil {
                judgement.unsupported[field] = "autoTMM is asked for, and lets qBittorrent choose the path"
            }
        }
        if judgement.unsupported[.seed] == nil, let torrent = judgement.torrent,
            let reason = unsupportedGoals(request, torrent)
        {
            judgement.unsupported[.seed] = reason
        }
        judgement.lateFields = lateFields(request).filter { judgement.unsupported[$0] == nil }
        if judgement.row == .settled {
            if !judgement.unsupported.isEmpty {
                judgement.row = .unsupported
            } else if !judgement.lateFields.isEmpty {
                judgement.row = .atAddOnly
            }
        }
        return judgement
    }

    private func unsupportedReason(_ field: Field) -> String {
        let version = picture.facts?.version ?? ""
        switch field {
        case .seed:
            return "this qBittorrent (\(version)) removes torrents at their limits: none are set there, and "
                + "qspool alone keeps the goals"
        case .contentLayout:
            return "qBittorrent \(version) knows no layout that makes a folder for a single file"
        default:
            return "qBittorrent \(version) has no \(field.rawValue)"
        }
    }

    /// Goals that neither we nor the server can judge in full.
    private func unsupportedGoals(_ request: Request, _ torrent: Torrent) -> String? {
        guard torrent.counters.seedingSeconds == nil, let goals = request.seedGoals else { return nil }
        let version = picture.facts?.version ?? "this version"
        if case .at? = goals.inactiveTime {
            return "\(version) does not tell how long a torrent was seeded: seed.inactiveTime cannot be kept"
        }
        guard case .at? = goals.time, goals.then == .remove || goals.then == .stop else { return nil }
        return "\(version) does not tell how long a torrent was seeded: seed.time is left to its own limit"
    }

    /// Fields that bear on the add alone and were not in ours.
    private func lateFields(_ request: Request) -> [Field] {
        guard let following = memory.following else { return [] }
        return request.wishes.keys.filter { field in
            guard field.isAtAddOnly, let wanted = request.wishes[field] else { return false }
            if following.ownership == .adopted { return true }
            if field == .queue, mayTakePlace(following) { return false }
            // Without the option a torrent is checked.
            let unsaid: FieldValue? = field == .skipChecking ? .flag(false) : nil
            return (memory.applied[field] ?? unsaid) != wanted
        }.sorted()
    }

    /// Whether the place in the queue is still to be taken, on a server that gives none in the add: as long
    /// as the add itself counts as under way.
    func mayTakePlace(_ following: Following) -> Bool {
        picture.facts?.ignoresQueueInAdd == true && following.ownership == .added && !following.isConfirmed
            && memory.applied[.queue] == nil
    }
}
