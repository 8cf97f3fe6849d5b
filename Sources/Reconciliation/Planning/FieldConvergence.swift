/// Compares every managed field three ways: wanted, last applied, observed.
///
/// Wanted and observed differ: a change to make when we never applied the wanted value, drift when we did.
/// Nothing is drift within 5 s of a call of ours; that field is pending.
struct FieldConvergence {
    let subject: SubjectKey
    let request: Request
    let torrent: Torrent
    let memory: SubjectMemory
    let rules: Rules
    let now: Timestamp

    private(set) var actions: [Action] = []
    private(set) var applied: [Field: FieldValue] = [:]
    private(set) var corrections: [Field: [Int64]] = [:]
    private(set) var correctionsAfterActing: [Field: [Int64]] = [:]
    private(set) var drift: [Drift] = []
    private(set) var pendingFields: [Field] = []
    private(set) var changes: [Change] = []

    init(
        subject: SubjectKey, request: Request, torrent: Torrent, memory: SubjectMemory, rules: Rules,
        now: Timestamp
    ) {
        self.subject = subject
        self.request = request
        self.torrent = torrent
        self.memory = memory
        self.rules = rules
        self.now = now
        // A field that the request no longer names is no longer managed and keeps its value.
        applied = memory.applied.filter { request.wishes[$0.key] != nil }
        let hour: Int64 = 3_600_000
        corrections = memory.corrections.compactMapValues { times in
            // A clock that was set back leaves corrections in the future; those are no longer recent.
            let recent = times.filter { (-60_000..<hour).contains(now.wall.milliseconds - $0) }
            return recent.isEmpty ? nil : recent
        }
        correctionsAfterActing = corrections
    }

    mutating func compare() {
        for field in request.wishes.keys.sorted() {
            guard let wanted = request.wishes[field], isComparable(field, wanted),
                let observed = observed(field, wanted)
            else { continue }
            if observed == wanted {
                applied[field] = wanted
            } else {
                differs(field, wanted: wanted, observed: observed)
            }
        }
    }

    private func isComparable(_ field: Field, _ wanted: FieldValue) -> Bool {
        switch field {
        case .savePath:
            // Under automatic management the server chooses the path: the two must not fight.
            return request.wishes[.autoTMM] != .flag(true)
        case .state:
            // Errors are watched, never resumed blindly; a check does not show whether it is stopped.
            switch torrent.state {
            case .error, .missingFiles, .unknown, .checkingDL, .checkingUP: return false
            default: return true
            }
        default:
            return true
        }
    }

    /// The observed value as far as the request has a say in it: of the tags only those that it names or
    /// that we put there.
    private func observed(_ field: Field, _ wanted: FieldValue) -> FieldValue? {
        guard field == .tags, case .list(let names) = wanted else { return torrent.value(of: field) }
        return .list(torrent.placement.tags.filter { names.contains($0) || appliedTags.contains($0) })
    }

    /// Tags that we put on the torrent for the request.
    var appliedTags: [String] {
        guard case .list(let tags)? = memory.applied[.tags] else { return [] }
        return tags
    }

    private mutating func differs(_ field: Field, wanted: FieldValue, observed: FieldValue) {
        guard memory.applied[field] == wanted, !(field == .tags && isUnanswered) else {
            act(field, wanted, observed, reason: "asked for")
            return
        }
        if let last = memory.following?.lastCallAt, let age = now.milliseconds(since: last),
            age < Rules.verificationMilliseconds
        {
            pendingFields.append(field)
            return
        }
        drifted(field, wanted: wanted, observed: observed)
    }

    /// The last change was cut off before its answer was recorded: what it set is not known to be there.
    private var isUnanswered: Bool {
        guard let intent = memory.intent, intent.kind == .change else { return false }
        return (memory.following?.lastCallAt?.milliseconds(since: intent.at) ?? -1) < 0
    }

    private mutating func drifted(_ field: Field, wanted: FieldValue, observed: FieldValue) {
        let times = corrections[field] ?? []
        let verdict: Drift.Verdict =
            if rules.drift == .report {
                .reported
            } else if times.count >= Rules.correctionsPerHour {
                .contested
            } else {
                .corrected
            }
        drift.append(Drift(field: field, wanted: wanted, observed: observed, verdict: verdict))
        guard verdict == .corrected else { return }
        correctionsAfterActing[field, default: []].append(now.wall.milliseconds)
        changes.append(
            Change(
                .drift, subject: subject, torrent: torrent.id, field: field.rawValue,
                from: wanted.description, to: observed.description, reason: "corrected"))
        act(field, wanted, observed, reason: "drifted")
    }

    private mutating func act(
        _ field: Field, _ wanted: FieldValue, _ observed: FieldValue, reason: String
    ) {
        for call in calls(field, wanted, observed) {
            actions.append(
                Action(
                    subject: subject, identity: torrent.identity, id: torrent.id, call: call,
                    reason: "\(field.rawValue) \(reason): “\(observed)” → “\(wanted)”",
                    observed: observed.description))
        }
    }

    private func calls(_ field: Field, _ wanted: FieldValue, _ observed: FieldValue) -> [Call] {
        switch (field, wanted) {
        case (.state, .text(let word)):
            word == WantedState.stopped.rawValue ? [.stop] : [.start]
        case (.category, .text(let name)):
            [.recategorize(name, path: rules.categoryPaths[name])]
        case (.savePath, .text(let path)): [.relocate(path)]
        case (.rename, .text(let name)): [.rename(name)]
        case (.tags, .list(let tags)): tagCalls(tags)
        case (.autoTMM, .flag(let flag)): [.setAutoTMM(flag)]
        case (.sequentialDownload, .flag(let flag)): [.setSequentialDownload(flag)]
        case (.firstLastPiecePrio, .flag(let flag)): [.setFirstLastPiecePrio(flag)]
        case (.downloadLimit, .number(let limit)): [.limitDownload(limit)]
        case (.uploadLimit, .number(let limit)): [.limitUpload(limit)]
        case (.downloadPath, .text(let path)): [.setDownloadPath(path)]
        case (.forceStart, .flag(let flag)): [.setForceStart(flag)]
        case (.superSeeding, .flag(let flag)): [.setSuperSeeding(flag)]
        case (.seed, .goals(let goals)): [.limitSeeding(goals)]
        case (.files, .selection(let selection)): [.selectFiles(selection)]
        default: preconditionFailure("\(field.rawValue) never holds \(wanted)")
        }
    }

    /// Tags that this pass puts on the torrent.
    var addedTags: [String] {
        actions.flatMap { action -> [String] in
            guard case .addTags(let tags) = action.call else { return [] }
            return tags
        }
    }

    private func tagCalls(_ wanted: [String]) -> [Call] {
        let there = torrent.placement.tags
        let missing = wanted.filter { !there.contains($0) }
        let extra = appliedTags.filter { there.contains($0) && !wanted.contains($0) }
        return (missing.isEmpty ? [] : [.addTags(missing)]) + (extra.isEmpty ? [] : [.removeTags(extra)])
    }
}
