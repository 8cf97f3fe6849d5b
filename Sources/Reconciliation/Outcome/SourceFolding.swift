import Metainfo

/// What an answer from a source teaches: folds it into what is remembered of the subject. Pure but for the
/// generator that draws the jitter.
public enum SourceFolding {
    /// - Parameters:
    ///   - finding: The answer, to a quest that is still the subject's.
    ///   - memory: What is remembered of the subject so far.
    ///   - label: How the source is called, masked.
    /// - Returns: What to remember now, and what the change log says about it.
    public static func fold(
        _ finding: SourceFinding, into memory: SubjectMemory, label: String, rules: Rules,
        using random: inout some RandomNumberGenerator
    ) -> (memory: SubjectMemory, change: Change) {
        var memory = memory
        var progress = memory.sources ?? SourceProgress(digest: finding.digest)
        precondition(
            progress.digest == finding.digest && progress.index == finding.index,
            "an answer to another quest is thrown away before")
        let change: Change
        switch finding.result {
        case .success(let found):
            progress.found = found.identity
            progress.size = found.size
            progress.attempt = nil
            change = Change(
                .resolved, subject: finding.key, torrent: found.identity.preferredID, field: "source",
                to: found.identity.description, message: "found at \(label)")
        case .failure(let failure):
            change = Change(
                .failed, subject: finding.key, torrent: nil, field: "source", reason: failure.code,
                message: failure.message)
            fail(finding, failure, &progress, rules: rules, using: &random)
        }
        memory.sources = progress
        return (memory, change)
    }

    private static func fail(
        _ finding: SourceFinding, _ failure: SourceFailure, _ progress: inout SourceProgress, rules: Rules,
        using random: inout some RandomNumberGenerator
    ) {
        switch failure.remedy {
        case .gone, .correctRequest:
            progress.abandon(
                code: failure.code, message: failure.message, isGone: failure.remedy == .gone,
                at: finding.at.wall)
        case .retry(let notBefore):
            // Kept waiting by what another request's answer said of the host: no failure of this one.
            let isOwn = failure.code != SourceFailure.busy
            let failures = (progress.attempt?.failures ?? 0) + (isOwn ? 1 : 0)
            let backoff = isOwn ? rules.backoff.delay(afterFailures: failures, using: &random) : 0
            let delay = max(backoff, notBefore ?? Backoff.floorMilliseconds)
            progress.attempt = Attempt(
                failures: failures, lastAt: finding.at, nextAt: finding.at.advanced(byMilliseconds: delay),
                error: LastError(
                    code: failure.code, message: failure.message, isRetriable: true, at: finding.at.wall))
        }
    }
}
