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
    /// What the server said about itself, as far as it bears on fields.
    let facts: ServerFacts?
    /// A goal of `seed` is met: the torrent is not started any more.
    let isGoalMet: Bool
    /// The server was started anew and may have forgotten our last call: what differs is not somebody's
    /// doing.
    let isProvisional: Bool

    private(set) var actions: [Action] = []
    private(set) var applied: [Field: FieldValue] = [:]
    private(set) var corrections: [Field: [Int64]] = [:]
    private(set) var correctionsAfterActing: [Field: [Int64]] = [:]
    private(set) var drift: [Drift] = []
    private(set) var pendingFields: [Field] = []
    private(set) var changes: [Change] = []
    /// How far the choice of files has come.
    private(set) var selection: SelectionProgress?

    init(
        subject: SubjectKey, request: Request, torrent: Torrent, memory: SubjectMemory, rules: Rules,
        now: Timestamp, facts: ServerFacts? = nil, isGoalMet: Bool = false, isProvisional: Bool = false
    ) {
        self.subject = subject
        self.request = request
        self.torrent = torrent
        self.memory = memory
        self.rules = rules
        self.now = now
        self.facts = facts
        self.isGoalMet = isGoalMet
        self.isProvisional = isProvisional
        selection = memory.selection
        // A field that the request no longer names is no longer managed and keeps its value. What was said in
        // the add stays said, and a start that we owe is known until it shows.
        let owesStart = memory.selection?.startsWhenChosen ?? false
        applied = memory.applied.filter { field, _ in
            request.wishes[field] != nil || field.isAtAddOnly || (field == .state && owesStart)
        }
        // Forgotten with the next correction: time alone is no reason to write.
        corrections = memory.corrections
        correctionsAfterActing = memory.corrections.compactMapValues { times in
            // Three within an hour count until the request changes, however long ago they were.
            if Self.isContested(times) { return times }
            // A clock that was set back leaves corrections in the future; those are no longer recent.
            let recent = times.filter { (-60_000..<Self.hour).contains(now.wall.milliseconds - $0) }
            return recent.isEmpty ? nil : recent
        }
    }

    mutating func compare() {
        prepareSelection()
        let wishes = wishes
        for field in wishes.keys.sorted() {
            guard let wanted = wishes[field], isComparable(field, wanted) else { continue }
            if field == .files {
                compareSelection(wanted)
            } else if let observed = observed(field, wanted) {
                if isSame(field, observed, wanted) {
                    applied[field] = wanted
                    if rules.drift == .report { forgetReport(of: field) }
                } else {
                    differs(field, wanted: wanted, observed: observed)
                }
            }
        }
        // What is chosen in this pass is seen to be chosen before anything is downloaded.
        if actions.contains(where: { $0.call.field == .files }) { actions.removeAll { $0.call == .start } }
        takePlace()
    }

    private func isSame(_ field: Field, _ observed: FieldValue, _ wanted: FieldValue) -> Bool {
        guard field == .seed, case .goals(let goals) = wanted else { return observed == wanted }
        return goals.areShown(by: torrent.options)
    }

    /// On a server that gives no place in the queue in the add, it is taken by a call soon after.
    private mutating func takePlace() {
        guard case .text(let word)? = request.wishes[.queue], let place = QueuePosition(rawValue: word),
            let following = memory.following, following.ownership == .added, !following.isConfirmed,
            facts?.ignoresQueueInAdd == true, memory.applied[.queue] == nil
        else { return }
        actions.append(
            Action(
                subject: subject, identity: torrent.identity, id: torrent.id, call: .enqueue(place),
                reason: "queue asked for: “\(word)”"))
    }

    /// Tags that we put on the torrent for the request; after a restart of the server those too that we took
    /// off again a moment before.
    var appliedTags: [String] {
        let forgotten = isProvisional ? memory.untagged : []
        guard case .list(let tags)? = memory.applied[.tags] else { return forgotten.sorted() }
        return tags + forgotten.subtracting(tags).sorted()
    }

    mutating func differs(_ field: Field, wanted: FieldValue, observed: FieldValue) {
        guard memory.applied[field] == wanted, !(field == .tags && isUnanswered) else {
            act(field, wanted, observed, reason: "asked for")
            return
        }
        let corrected = correctionsAfterActing[field]?.count ?? 0
        if isProvisional, corrected < Rules.correctionsPerHour {
            // Counted all the same: a session that is refused at every look resembles a restart, and must
            // not hide that somebody sets the field back each time.
            correctionsAfterActing[field, default: []].append(now.wall.milliseconds)
            return act(field, wanted, observed, reason: "forgotten by the server when it was restarted")
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
        let times = correctionsAfterActing[field] ?? []
        let verdict: Drift.Verdict =
            if rules.drift == .report {
                .reported
            } else if Self.isContested(times) {
                .contested
            } else {
                .corrected
            }
        drift.append(Drift(field: field, wanted: wanted, observed: observed, verdict: verdict))
        // What is left alone is logged once: the entry that stands for that is no correction.
        let isLogged = verdict == .reported ? !times.isEmpty : times.count > Rules.correctionsPerHour
        guard verdict == .corrected || !isLogged else { return }
        correctionsAfterActing[field, default: []].append(now.wall.milliseconds)
        if verdict != .corrected { corrections[field] = correctionsAfterActing[field] }
        changes.append(
            Change(
                .drift, subject: subject, torrent: torrent.id, field: field.rawValue,
                from: wanted.description, to: observed.description, reason: verdict.rawValue))
        if verdict == .corrected { act(field, wanted, observed, reason: "drifted") }
    }

    private static let hour: Int64 = 3_600_000

    /// Corrected as often within an hour as is allowed, at any time since the request changed.
    private static func isContested(_ times: [Int64]) -> Bool {
        zip(times, times.dropFirst(Rules.correctionsPerHour - 1)).contains { (0..<hour).contains($1 - $0) }
    }

    /// What is as wanted again, and only reported, is news when it differs the next time.
    private mutating func forgetReport(of field: Field) {
        guard !Self.isContested(corrections[field] ?? []) else { return }
        corrections[field] = nil
        correctionsAfterActing[field] = nil
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

    /// A field of which nothing can be told yet.
    mutating func leaveOpen(_ field: Field) { pendingFields.append(field) }

    mutating func note(_ progress: SelectionProgress?) { selection = progress }
}
