import Metainfo
import Reconciliation

/// Which torrent a request means where that is not said by its text alone: it has several sources, or one
/// that has to be fetched.
extension Reconciler {
    /// The request as the source in use makes it.
    func settled(_ request: Request, candidates: [SourceCandidate]) -> Request {
        var request = request
        let progress = progress(of: request)
        let index = progress?.index ?? 0
        guard candidates.indices.contains(index) else {
            request.identity = nil
            return request
        }
        let known = candidates[index].found
        request.identity = known?.identity ?? progress?.found
        request.size = known?.size ?? progress?.size ?? request.size
        return request
    }

    /// What is remembered of the request's own sources, and not of others that it named before.
    private func progress(of request: Request) -> SourceProgress? {
        guard let progress = memory.subjects[request.key]?.sources,
            progress.digest == request.sourcesDigest
        else { return nil }
        return progress
    }

    /// Takes down what requests with a choice have to choose from.
    func note(_ arrival: SpoolDelta.Arrival) -> Request {
        let key = arrival.request.key
        candidates[key] = arrival.candidates.isEmpty ? nil : arrival.candidates
        guard !arrival.candidates.isEmpty else { return arrival.request }
        return settled(arrival.request, candidates: arrival.candidates)
    }

    /// A request that was only renamed still means what was found for it under its old name.
    func inherit(_ arrivals: [SpoolDelta.Arrival], gone: [SubjectKey], _ work: inout PassWork) {
        let orphans = arrivals.map(\.request).filter {
            !$0.sources.isEmpty && memory.subjects[$0.key] == nil && desired.requests[$0.key]?.identity == nil
        }
        guard !orphans.isEmpty else { return }
        let former = isFirstPass ? Array(memory.subjects.keys) : gone
        var heirs: [[UInt8]: SubjectKey] = [:]
        for key in former where !desired.isPresent(key) {
            if let subject = memory.subjects[key], subject.following != nil, let sources = subject.sources {
                heirs[sources.digest] = key
            }
        }
        for request in orphans {
            guard let old = heirs.removeValue(forKey: request.sourcesDigest),
                old.client == request.key.client || old.name == request.key.name
            else { continue }
            var renamed = request
            renamed.identity =
                memory.subjects[old]?.sources?.found ?? memory.subjects[old]?.following?.identity
            desired.accept(renamed)
            touchRivals(of: request.key, &work)
            work.touched.insert(old)
        }
    }

    // MARK: Answers

    /// Takes in what was found since the last pass.
    func takeFindings(_ work: inout PassWork) async {
        for finding in await sources.findings() {
            questing.remove(finding.key)
            guard let request = desired.requests[finding.key], let subject = memory.subjects[finding.key],
                request.sourcesDigest == finding.digest, request.sources.indices.contains(finding.index),
                (subject.sources?.index ?? 0) == finding.index,
                (subject.sources?.digest ?? finding.digest) == finding.digest
            else { continue }
            let (memory, change) = SourceFolding.fold(
                finding, into: subject, label: request.sources[finding.index], rules: rules, using: &random)
            remember(memory, for: finding.key, &work)
            work.batch.changes.append(change)
            if case .success(let found) = finding.result {
                work.batch.resolved.append(
                    ResolvedSource(
                        key: finding.key, generation: memory.acceptance?.generation ?? 1, found: found))
                fetched[found.identity] = found.payload
            }
            work.touched.insert(finding.key)
            settleAgain(finding.key, &work)
        }
    }

    /// What a subject's sources came to mean after what was learnt of them.
    @discardableResult
    private func settleAgain(_ key: SubjectKey, _ work: inout PassWork) -> Bool {
        guard let request = desired.requests[key], let candidates = candidates[key] else { return false }
        let settled = settled(request, candidates: candidates)
        guard settled.identity != request.identity else { return false }
        touchRivals(of: key, &work)
        desired.accept(settled)
        touchRivals(of: key, &work)
        if let found = settled.identity,
            let known = candidates.compactMap(\.found).first(where: {
                $0.identity == found
            })
        {
            work.batch.resolved.append(
                ResolvedSource(
                    key: key, generation: memory.subjects[key]?.acceptance?.generation ?? 1, found: known))
            fetched[found] = known.payload
        }
        return true
    }

    /// The planner may have turned to another source: what it means is known before this pass is durable.
    func turnToSources(_ work: inout PassWork) {
        for (key, judgement) in work.finalPlan.judgements
        where judgement.memory?.sources != nil || judgement.wantsSource {
            guard settleAgain(key, &work) else { continue }
            work.rivals.insert(key)
            if let identity = desired.requests[key]?.identity {
                work.rivals.formUnion(desired.claimants(of: identity, client: key.client))
            }
            work.wantsAnotherPass = true
        }
    }

    // MARK: Quests

    /// Begins what the plan wants to have fetched, and ends what nobody wants any more.
    func seek(_ work: inout PassWork) async {
        var quests: [SourceQuest] = []
        var obsolete: [SubjectKey] = []
        for (key, judgement) in work.finalPlan.judgements {
            if judgement.wantsSource, let quest = quest(key) {
                quests.append(quest)
                questing.insert(key)
            } else if questing.remove(key) != nil {
                obsolete.append(key)
            }
        }
        guard !work.isRehearsal else { return }
        if !obsolete.isEmpty { await sources.forget(obsolete) }
        // Whoever failed least goes first: one that a host always turns away must not keep others from it.
        let ranked = quests.map { (memory.subjects[$0.key]?.sources?.attempt?.failures ?? 0, $0) }
            .sorted { ($0.0, $0.1.key) < ($1.0, $1.1.key) }
        if !ranked.isEmpty { await sources.want(ranked.map(\.1)) }
    }

    private func quest(_ key: SubjectKey) -> SourceQuest? {
        guard let request = desired.requests[key], let candidates = candidates[key] else { return nil }
        let index = progress(of: request)?.index ?? 0
        guard candidates.indices.contains(index), candidates[index].found == nil else { return nil }
        return SourceQuest(
            key: key, digest: request.sourcesDigest, index: index, candidate: candidates[index])
    }
}
