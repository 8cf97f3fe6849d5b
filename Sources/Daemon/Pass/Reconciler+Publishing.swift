import Logging
import Reconciliation

/// Publish: status files and the summary, after everything they say is durable.
extension Reconciler {
    /// The summary's heartbeat when nothing else makes it due.
    private static let heartbeatMilliseconds: Int64 = 60_000

    /// Derives the statuses and notes in the batch what is to be published.
    func prepareStatuses(_ work: inout PassWork) throws {
        for key in work.finalPlan.order {
            guard let judgement = work.finalPlan.judgements[key] else { continue }
            guard var subject = judgement.memory else {
                publishingBook.forget(key)
                continue
            }
            guard
                let status = StatusDerivation.status(
                    key, judgement, desired: desired, rules: rules, now: work.at)
            else { continue }
            let published = published(status)
            if memory.subjects[key]?.published != published {
                subject = memory.subjects[key] ?? subject
                subject.published = published
                memory.remember(subject, for: key)
                work.batch.subjects[key] = .some(subject)
                work.batch.publishing.insert(key)
            }
            work.statuses[key] = status
        }
    }

    private func published(_ status: RequestStatus) -> Published {
        var truths: [Condition.Kind: Published.Truth] = [:]
        for condition in status.conditions {
            truths[condition.kind] = Published.Truth(isTrue: condition.isTrue, since: condition.since)
        }
        return Published(
            phase: status.phase, reason: status.reason, digest: publication.digest(of: status),
            conditions: truths, category: status.torrent?.torrent.placement.category ?? "",
            labels: status.labels)
    }

    /// Writes all that can be written. What cannot is logged, counted and tried again in the next pass: one
    /// obstructed file holds no other up, and is no reason to end. Where nothing can be written at all, the
    /// summary cannot either, and that ends the pass.
    func publish(_ work: inout PassWork) {
        for key in work.finalPlan.order {
            guard let judgement = work.finalPlan.judgements[key] else { continue }
            do {
                if judgement.memory == nil {
                    // A request that was moved to another client goes on under its name.
                    if !isKnown(key.name) { obsolete.insert(key.name) }
                } else if let status = work.statuses[key] {
                    obsolete.remove(key.name)
                    try publish(status, isNew: work.published.contains(key), &work)
                }
            } catch {
                tell(error, key.name)
            }
        }
        for name in obsolete.sorted() {
            do {
                try publication.remove(name)
                obsolete.remove(name)
                work.filesWritten += 1
            } catch {
                tell(error, name)
            }
        }
        if !hasSwept, desired.isComplete { sweep() }
    }

    /// Whether the name belongs to a subject of any client.
    private func isKnown(_ name: RequestName) -> Bool {
        memory.clients.contains { memory.subjects[SubjectKey(client: $0, name: name)] != nil }
    }

    private func tell(_ error: any Error, _ name: RequestName) {
        log.error("a status file cannot be written", metadata: ["request": "\(name)", "reason": "\(error)"])
    }

    private func publish(_ status: RequestStatus, isNew: Bool, _ work: inout PassWork) throws {
        let key = status.key
        let isInSync = status.conditions.contains { $0.kind == .inSync && $0.isTrue }
        publishingBook.note(key, status.phase, isInSync: isInSync)
        let isDoubtful = publishingBook.doubtful.contains(key)
        guard try isNew || isDoubtful || countersAreDue(status, work) else { return }
        do {
            if try publication.publish(status, at: work.at.wall) { work.filesWritten += 1 }
            publishingBook.wrote(status, at: work.at)
        } catch {
            publishingBook.failedToWrite(key)
            throw error
        }
    }

    /// In a process that has just begun, the file's own time says when it was written.
    private func countersAreDue(_ status: RequestStatus, _ work: PassWork) throws -> Bool {
        let pause =
            status.phase == .seeding ? settings.seedingStatusMilliseconds : settings.statusMilliseconds
        guard publishingBook.isDue(status, pauseMilliseconds: pause, now: work.at) else { return false }
        guard isFirstPass else { return true }
        guard let written = try publication.modifiedAt(status.key) else { return true }
        return work.at.wall.milliseconds - written.milliseconds >= pause
    }

    /// Files that no subject has are of another life of this root. Done once, when the spool is known.
    private func sweep() {
        let known = Set(memory.subjects.keys.map(\.name)).union(desired.requests.keys.map(\.name))
            .union(desired.rejections.keys.map(\.name)).union(desired.unreadable.keys.map(\.name))
        do {
            for name in try publication.names() where !known.contains(name) { try publication.remove(name) }
        } catch {
            log.error("old status files cannot be taken away", metadata: ["reason": "\(error)"])
        }
        hasSwept = true
    }

    // MARK: Summary

    var activeHolds: [Hold] {
        memory.holds.values.filter { memory.approvals[$0.kind] != $0.digest }.sorted { $0.kind < $1.kind }
    }

    func publishSummary(_ report: inout PassReport, changed: Bool) throws {
        let now = clock.now()
        let age = publication.summaryModifiedAt().map { now.wall.milliseconds - $0.milliseconds }
        let reachable = clients.mapValues { $0.trouble == nil }
        let isNews = changed || age == nil || (summaryReachable.map { $0 != reachable } ?? false)
        let isDue = (age ?? 0) >= Self.heartbeatMilliseconds || (age ?? 0) < 0
        // A process that has just begun does not know what the file says about the server.
        guard isNews || isDue || summaryReachable == nil else { return }
        let isUnsure = !isNews && !isDue
        summaryReachable = reachable
        let summary = Summary(
            version: settings.version, phases: publishingBook.census, converged: publishingBook.converged,
            holds: activeHolds, problems: desired.problems,
            clients: clients.mapValues { watch in
                Summary.Client(
                    isReachable: watch.trouble == nil, facts: observed.clients[watch.name]?.facts,
                    lastGoodObservation: watch.lastGoodObservation, lastError: watch.trouble?.message)
            }, lastPass: report.figures, store: try store.figures())
        if isUnsure, try !publication.isNews(summary) { return }
        try publication.publish(summary, at: now.wall)
    }
}
