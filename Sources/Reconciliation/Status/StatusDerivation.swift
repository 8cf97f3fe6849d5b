/// Builds a request's status from facts: the request, the judgement and what was said before.
public enum StatusDerivation {
    /// - Parameters:
    ///   - key: The subject.
    ///   - judgement: The pass's last word on it. Without a standing there is nothing new to say: `nil`.
    ///   - desired: For the request or its rejection.
    ///   - rules: For the path map and the hands-off tag.
    ///   - now: When the pass began.
    public static func status(
        _ key: SubjectKey, _ judgement: Judgement, desired: DesiredState, rules: Rules, now: Timestamp
    ) -> RequestStatus? {
        guard let standing = judgement.standing, let memory = judgement.memory else { return nil }
        let request = desired.requests[key]
        let rejection = desired.rejections[key]
        var status = RequestStatus(
            key: key, generation: memory.acceptance?.generation ?? 0,
            version: request?.version ?? rejection?.version, phase: standing.phase, reason: standing.reason,
            message: standing.message, labels: request?.labels ?? memory.acceptance?.labels ?? [:],
            drift: judgement.drift, failure: failure(memory, standing, rejection, now: now))
        status.sources = sources(memory, request)
        if let torrent = judgement.torrent, let following = memory.following {
            status.torrent = TorrentStatus(
                torrent: torrent, ownership: following.ownership,
                localPath: rules.localPath(
                    of: torrent.placement.contentPath, on: following.client ?? key.client))
        }
        status.conditions = ConditionBook(
            generation: status.generation, published: memory.published, now: now.wall
        ).conditions(
            judgement, request: request, defaults: desired.heldFolder(key.name)?.problem, rules: rules)
        return status
    }

    private static func sources(_ memory: SubjectMemory, _ request: Request?) -> [SourceStatus] {
        guard let request, !request.sources.isEmpty else { return [] }
        let progress = memory.sources
        let index = progress?.index ?? 0
        return request.sources.enumerated().map { position, label in
            if let given = progress?.abandoned.last(where: { $0.index == position }) {
                return SourceStatus(
                    source: label, verdict: .abandoned, code: given.code, message: given.message, at: given.at
                )
            }
            guard position == index else { return SourceStatus(source: label, verdict: .waiting) }
            let error = progress?.attempt?.error
            return SourceStatus(
                source: label, verdict: request.identity == nil ? .trying : .inUse, code: error?.code,
                message: error?.message, at: error?.at)
        }
    }

    private static func failure(
        _ memory: SubjectMemory, _ standing: Standing, _ rejection: Rejection?, now: Timestamp
    ) -> FailureStatus {
        let attempt = memory.attempt ?? memory.sources?.attempt
        var failure = FailureStatus(
            attempts: attempt?.failures ?? 0, nextAttemptAt: standing.nextAt, lastError: attempt?.error)
        if attempt == nil, standing.phase == .rejected || standing.phase == .failed,
            let given = memory.sources?.abandoned.last
        {
            failure.lastError = LastError(
                code: given.code, message: given.message, isRetriable: false, at: given.at)
            if standing.phase == .rejected {
                failure.problem = Problem(code: given.code, message: given.message, field: "source")
            }
        }
        if let problem = rejection?.problem {
            failure.problem = problem
            failure.lastError = LastError(
                code: problem.code, message: problem.message, isRetriable: false,
                at: rejection?.version?.readAt ?? now.wall)
        }
        return failure
    }
}

/// Keeps since when each condition has its present truth.
private struct ConditionBook {
    let generation: Int
    let published: Published?
    let now: WallTime

    func conditions(
        _ judgement: Judgement, request: Request?, defaults: Problem?, rules: Rules
    ) -> [Condition] {
        if let defaults {
            return [
                inSync(judgement), condition(.defaultsInvalid, true, defaults.reason, defaults.message),
            ]
        }
        guard let request else { return [] }
        var conditions = [inSync(judgement)]
        if !request.aliases.isEmpty {
            conditions.append(
                condition(
                    .aliasUsed, true, "AliasUsed", "understood as: " + request.aliases.joined(separator: ", ")
                ))
        }
        let contested = judgement.drift.filter { $0.verdict == .contested }
        if !contested.isEmpty {
            let fields = contested.map(\.field.rawValue).joined(separator: ", ")
            conditions.append(
                condition(
                    .contested, true, "KeepsChanging",
                    "corrected \(Rules.correctionsPerHour) times in an hour and changed again: \(fields); "
                        + "left alone until the request changes"))
        }
        conditions += reservations(judgement)
        let isHandsOff = judgement.torrent?.placement.tags.contains(rules.handsOffTag) ?? false
        if request.isSuspended || isHandsOff {
            conditions.append(
                condition(
                    .suspended, true, isHandsOff ? "HandsOffTag" : "Requested",
                    "nothing about this torrent is changed"))
        }
        return conditions
    }

    /// Wishes that are not carried out. They are no drift, and being in sync does not depend on them.
    private func reservations(_ judgement: Judgement) -> [Condition] {
        var conditions: [Condition] = []
        if !judgement.unsupported.isEmpty {
            let wishes = judgement.unsupported.sorted { $0.key < $1.key }
            conditions.append(
                condition(
                    .unsupported, true, "NotCarriedOut",
                    wishes.map { "\($0.key.rawValue): \($0.value)" }.joined(separator: "; ")))
        }
        if !judgement.lateFields.isEmpty {
            let fields = judgement.lateFields.map(\.rawValue).joined(separator: ", ")
            conditions.append(
                condition(
                    .atAddOnly, true, "NotApplied",
                    "bears on the add alone, and was not asked for in it: \(fields)"))
        }
        return conditions
    }

    private func inSync(_ judgement: Judgement) -> Condition {
        switch judgement.verdict {
        case .settled where judgement.drift.isEmpty:
            judgement.memory?.ending?.kind == .failed
                ? condition(.inSync, false, "GivenUp", judgement.standing?.message ?? "")
                : condition(.inSync, true, "Verified", "")
        case .settled:
            condition(.inSync, false, "Drifted", "differs and is not corrected, see drift")
        case .act(let actions):
            condition(.inSync, false, "Correcting", actions.map(\.reason).joined(separator: "; "))
        case .wait(_, let reason):
            condition(.inSync, false, reason.rawValue, "")
        case .hold(let kind):
            condition(.inSync, false, kind.rawValue, "held, see summary.json")
        case .ignore:
            condition(.inSync, false, judgement.standing?.reason ?? "", judgement.standing?.message ?? "")
        }
    }

    private func condition(_ kind: Condition.Kind, _ isTrue: Bool, _ reason: String, _ message: String)
        -> Condition
    {
        let before = published?.conditions[kind]
        let since = before?.isTrue == isTrue ? before?.since ?? now : now
        return Condition(
            kind: kind, isTrue: isTrue, reason: reason, message: message, since: since, generation: generation
        )
    }
}
