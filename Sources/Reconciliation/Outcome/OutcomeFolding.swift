import Metainfo

/// What outcomes teach: folds them into what is remembered of each subject. Pure but for the generator that
/// draws the jitter.
///
/// An acknowledgement is not an effect. It is noted when and what was called; the look that follows, and the
/// planner's judgement of it, decide what became of it.
public struct OutcomeFolding {
    public private(set) var subjects: [SubjectKey: SubjectMemory]
    public private(set) var changes: [Change] = []
    /// The trouble that ended the calls to a client in the middle, by client.
    public private(set) var troubles: [String: ClientTrouble] = [:]
    private let rules: Rules

    /// - Parameter subjects: What the plan wants remembered, by subject.
    public init(subjects: [SubjectKey: SubjectMemory], rules: Rules) {
        self.subjects = subjects
        self.rules = rules
    }

    public mutating func fold(_ outcomes: [Outcome], using random: inout some RandomNumberGenerator) {
        for outcome in outcomes {
            guard var memory = subjects[outcome.action.subject] else { continue }
            switch outcome.result {
            case .acknowledged: acknowledge(outcome, &memory)
            case .skipped(let why): skip(outcome, why, &memory, using: &random)
            case .unknown(let failure), .failed(let failure):
                fail(outcome, failure, &memory, using: &random)
            }
            subjects[outcome.action.subject] = memory
        }
    }

    // MARK: Acknowledged

    private mutating func acknowledge(_ outcome: Outcome, _ memory: inout SubjectMemory) {
        let action = outcome.action
        switch action.call {
        case .add(let addition):
            acknowledgeAdd(outcome, addition, &memory)
        case .addTags(let tags) where tags == [rules.adoptedTag] && memory.following == nil:
            guard let id = action.id else { return }
            memory.following = Following(ownership: .adopted, id: id, identity: action.identity)
            note(
                outcome, .adopted,
                message: "it was in qBittorrent before its request; followed, never removed")
        case .addTags(let tags), .removeTags(let tags):
            acknowledgeTags(outcome, tags, &memory)
        case .prune:
            // Logged when the look that follows shows that it is gone.
            if let parting = outcome.parting { memory.note(parting, of: action.identity) }
        case .start, .stop, .recategorize, .relocate, .setAutoTMM, .rename, .setSequentialDownload,
            .setFirstLastPiecePrio, .limitDownload, .limitUpload, .setDownloadPath, .setForceStart,
            .setSuperSeeding, .limitSeeding, .selectFiles, .enqueue:
            acknowledgeField(outcome, &memory)
        }
        guard Self.isOwn(action, memory) else { return }
        memory.following?.lastCallAt = outcome.at
        memory.following?.seenSince = nil
    }

    private mutating func acknowledgeAdd(
        _ outcome: Outcome, _ addition: Addition, _ memory: inout SubjectMemory
    ) {
        let previous = memory.following
        var following = Following(
            ownership: .added, id: outcome.action.identity.preferredID, identity: outcome.action.identity)
        following.readds = previous?.readds ?? 0
        following.data.trace = memory.survey
        memory.survey = nil
        memory.following = following
        memory.applied = Self.applied(by: addition)
        let isLostAgain = memory.attempt?.error.code == "not-listed"
        if previous != nil, memory.attempt == nil || isLostAgain {
            // Added again without a count: if this one is lost too, the next try waits, and longer each time.
            let failures = (memory.attempt?.failures ?? 0) + 1
            let delay = rules.backoff.limit(afterFailures: failures)
            memory.attempt = Attempt(
                failures: failures, lastAt: outcome.at,
                nextAt: outcome.at.advanced(byMilliseconds: delay),
                error: LastError(
                    code: "not-listed", message: "the server acknowledged the torrent and does not list it",
                    isRetriable: true, at: outcome.at.wall))
        }
        note(outcome, .added, message: outcome.action.reason)
    }

    private static func applied(by addition: Addition) -> [Field: FieldValue] {
        var applied: [Field: FieldValue] = [:]
        applied[.tags] = addition.tags.isEmpty ? nil : .list(addition.tags)
        applied[.category] = addition.category.map(FieldValue.text)
        applied[.savePath] = addition.savePath.map(FieldValue.text)
        applied[.autoTMM] = addition.autoTMM.map(FieldValue.flag)
        applied[.rename] = addition.rename.map(FieldValue.text)
        applied[.sequentialDownload] = addition.sequentialDownload ? .flag(true) : nil
        applied[.firstLastPiecePrio] = addition.firstLastPiecePrio ? .flag(true) : nil
        applied[.downloadLimit] = addition.downloadLimit.map(FieldValue.number)
        applied[.uploadLimit] = addition.uploadLimit.map(FieldValue.number)
        applied[.downloadPath] = addition.options.downloadPath.map(FieldValue.text)
        applied[.contentLayout] = addition.options.contentLayout.map { .text($0.rawValue) }
        applied[.skipChecking] = addition.options.skipChecking ? .flag(true) : nil
        applied[.queue] = addition.options.queue.map { .text($0.rawValue) }
        applied[.state] = addition.isStopped ? .text(WantedState.stopped.rawValue) : nil
        return applied
    }

    private mutating func acknowledgeTags(_ outcome: Outcome, _ tags: [String], _ memory: inout SubjectMemory)
    {
        guard Set(tags).isDisjoint(with: [rules.tag, rules.adoptedTag]) else {
            note(outcome, .tagged, reason: outcome.action.call.word, message: outcome.action.reason)
            return
        }
        var applied: Set<String> = []
        if case .list(let list)? = memory.applied[.tags] { applied = Set(list) }
        if case .addTags = outcome.action.call {
            applied.formUnion(tags)
            memory.untagged.subtract(tags)
        } else {
            applied.subtract(tags)
            memory.untagged.formUnion(tags)
        }
        memory.applied[.tags] = .list(applied.sorted())
        note(outcome, .changed, field: Field.tags.rawValue, message: outcome.action.reason)
    }

    private mutating func acknowledgeField(_ outcome: Outcome, _ memory: inout SubjectMemory) {
        guard let (field, value) = Self.setting(of: outcome.action.call) else { return }
        memory.applied[field] = value
        note(
            outcome, .changed, field: field.rawValue, from: outcome.action.observed, to: value.description,
            message: outcome.action.reason)
    }

    private static func setting(of call: Call) -> (Field, FieldValue)? {
        switch call {
        case .start: (.state, .text(WantedState.running.rawValue))
        case .stop: (.state, .text(WantedState.stopped.rawValue))
        case .recategorize(let name, _): (.category, .text(name))
        case .relocate(let path): (.savePath, .text(path))
        case .setAutoTMM(let flag): (.autoTMM, .flag(flag))
        case .rename(let name): (.rename, .text(name))
        case .setSequentialDownload(let flag): (.sequentialDownload, .flag(flag))
        case .setFirstLastPiecePrio(let flag): (.firstLastPiecePrio, .flag(flag))
        case .limitDownload(let limit): (.downloadLimit, .number(limit))
        case .limitUpload(let limit): (.uploadLimit, .number(limit))
        case .setDownloadPath(let path): (.downloadPath, .text(path))
        case .setForceStart(let flag): (.forceStart, .flag(flag))
        case .setSuperSeeding(let flag): (.superSeeding, .flag(flag))
        case .limitSeeding(let goals): (.seed, .goals(goals))
        case .selectFiles(let selection): (.files, .selection(selection))
        case .enqueue(let position): (.queue, .text(position.rawValue))
        case .add, .addTags, .removeTags, .prune: nil
        }
    }

    /// Whether a call was for the torrent that is followed, and not for one that is to go.
    private static func isOwn(_ action: Action, _ memory: SubjectMemory) -> Bool {
        guard let following = memory.following else { return true }
        return following.place(of: action.subject) == action.client
            && following.identity.overlaps(action.identity)
    }

    // MARK: Not done, or unknown

    private mutating func skip(
        _ outcome: Outcome, _ why: String, _ memory: inout SubjectMemory,
        using random: inout some RandomNumberGenerator
    ) {
        if Self.isOwn(outcome.action, memory) { memory.intent = nil }
        forgetParting(outcome, &memory)
        // The last look and the listing disagree: looked at again, but in no tight loop.
        let failures = (memory.attempt?.failures ?? 0) + 1
        memory.attempt = Attempt(
            failures: failures, lastAt: outcome.at,
            nextAt: outcome.at.advanced(
                byMilliseconds: rules.backoff.delay(afterFailures: failures, using: &random)),
            error: LastError(code: "skipped", message: why, isRetriable: true, at: outcome.at.wall))
        note(outcome, .failed, reason: "Skipped", message: why)
    }

    private mutating func fail(
        _ outcome: Outcome, _ failure: ActionFailure, _ memory: inout SubjectMemory,
        using random: inout some RandomNumberGenerator
    ) {
        if case .unknown = outcome.result {
            // It may have happened: the intent stays until a look tells.
        } else {
            if Self.isOwn(outcome.action, memory) { memory.intent = nil }
            forgetParting(outcome, &memory)
        }
        let error = LastError(
            code: failure.code, message: failure.message, isRetriable: failure.remedy != .correctRequest,
            at: outcome.at.wall)
        switch failure.remedy {
        case .abandonClient(let trouble):
            // The server's trouble, not the request's: no attempt is counted against it.
            troubles[outcome.action.client] = trouble
            return
        case .correctRequest:
            memory.ending = Ending(
                kind: .failed, reason: Problem(code: failure.code, message: "").reason,
                message: failure.message + "; nothing more is tried until the request changes",
                at: outcome.at.wall)
            memory.attempt = Attempt(
                failures: (memory.attempt?.failures ?? 0) + 1, lastAt: outcome.at, nextAt: outcome.at,
                error: error)
        case .retry:
            let failures = (memory.attempt?.failures ?? 0) + 1
            let delay = rules.backoff.delay(afterFailures: failures, using: &random)
            memory.attempt = Attempt(
                failures: failures, lastAt: outcome.at,
                nextAt: outcome.at.advanced(byMilliseconds: delay), error: error)
        }
        note(
            outcome, .failed, field: outcome.action.call.field?.rawValue, reason: failure.code,
            message: failure.message)
    }

    /// It did not go: what was to become of its data did not come to be.
    private func forgetParting(_ outcome: Outcome, _ memory: inout SubjectMemory) {
        guard case .prune = outcome.action.call else { return }
        memory.note(nil, of: outcome.action.identity)
    }

    private mutating func note(
        _ outcome: Outcome, _ kind: Change.Kind, field: String? = nil, from: String? = nil, to: String? = nil,
        reason: String = "", message: String = ""
    ) {
        changes.append(
            Change(
                kind, subject: outcome.action.subject,
                torrent: outcome.action.id ?? outcome.action.identity.preferredID, field: field, from: from,
                to: to, reason: reason.isEmpty ? outcome.action.call.word : reason, message: message))
    }
}
