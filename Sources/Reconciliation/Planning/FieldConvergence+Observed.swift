/// What is seen of a field, and whether there is anything to be said about it now.
extension FieldConvergence {
    func isComparable(_ field: Field, _ wanted: FieldValue) -> Bool {
        if field.isAtAddOnly || facts?.unsupported.contains(field) == true { return false }
        switch field {
        case .savePath, .downloadPath:
            // Under automatic management the server chooses the paths: the two must not fight.
            return request.wishes[.autoTMM] != .flag(true)
        case .state: return isStateComparable(wanted)
        case .forceStart:
            // Stopping ends a forced start, and both of its values start what is stopped: then `state` alone
            // has a say.
            // Setting it resumes what is in error, and nothing is resumed blindly.
            return !torrent.state.isStopped && request.wantedState != .stopped && !torrent.state.isInTrouble
        case .files: return torrent.hasMetadata
        default: return true
        }
    }

    private func isStateComparable(_ wanted: FieldValue) -> Bool {
        let isToRun = wanted == .text(WantedState.running.rawValue)
        // At its own limit the server stops what has reached its goal: the two must not fight either.
        if isToRun, isGoalMet { return false }
        // Added to stop at its metadata: what it does until its files are chosen is as meant.
        if isToRun, awaitsSelection { return false }
        // Errors are watched, never resumed blindly; a check does not show whether it is stopped.
        switch torrent.state {
        case .error, .missingFiles, .unknown, .checkingDL, .checkingUP: return false
        default: return true
        }
    }

    /// The observed value as far as the request has a say in it: of the tags only those that it names or
    /// that we put there.
    func observed(_ field: Field, _ wanted: FieldValue) -> FieldValue? {
        guard field == .tags, case .list(let names) = wanted else { return torrent.value(of: field) }
        return .list(torrent.placement.tags.filter { names.contains($0) || appliedTags.contains($0) })
    }
}
