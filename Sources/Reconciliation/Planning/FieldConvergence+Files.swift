/// The choice of files, and the start that waits for it.
///
/// The listing does not tell which files are wanted, only how many bytes they have. So the server's word for
/// a choice is taken where the performer saw it carried out, its bytes are noted once they settled, and other
/// bytes later mean that somebody chose otherwise.
extension FieldConvergence {
    /// The fields and what each must be: a torrent that was added to stop at its metadata must run once its
    /// files are chosen, unless the request says otherwise by now.
    var wishes: [Field: FieldValue] {
        guard selection?.startsWhenChosen == true, !awaitsSelection, request.wishes[.state] == nil else {
            return request.wishes
        }
        return request.wishes.merging([.state: .text(WantedState.running.rawValue)]) { own, _ in own }
    }

    /// It was added to stop at its metadata, and its files are not chosen yet.
    var awaitsSelection: Bool {
        guard selection?.startsWhenChosen == true else { return false }
        return !torrent.hasMetadata || !isChosen
    }

    /// Nothing is to be chosen, or it was seen to be.
    private var isChosen: Bool {
        guard let wanted = request.wishes[.files], facts?.unsupported.contains(.files) != true else {
            return true
        }
        return memory.applied[.files] == wanted
    }

    /// Brings the progress up to date before anything is compared.
    mutating func prepareSelection() {
        if request.wishes[.files] == nil {
            // No longer managed: the files stay as they are chosen, and only a start may still be owed.
            note(selection?.startsWhenChosen == true ? SelectionProgress(startsWhenChosen: true) : nil)
        }
        guard selection?.startsWhenChosen == true else { return }
        if memory.following?.ownership == .adopted || request.wantedState == .stopped || isGoalMet {
            return settleStart()
        }
        guard !awaitsSelection, !torrent.state.isStopped else { return }
        // It runs; but a server may still be about to stop it at its metadata.
        if isFresh { leaveOpen(.state) } else { settleStart() }
    }

    private mutating func settleStart() {
        var progress = selection
        progress?.startsWhenChosen = false
        note(request.wishes[.files] == nil ? nil : progress)
    }

    mutating func compareSelection(_ wanted: FieldValue) {
        guard memory.applied[.files] == wanted else {
            var progress = selection ?? SelectionProgress()
            progress.wantedSize = nil
            note(progress)
            let observed = FieldValue.text("\(torrent.counters.size) bytes wanted")
            return differs(.files, wanted: wanted, observed: observed)
        }
        var progress = selection ?? SelectionProgress()
        defer { note(progress) }
        guard let size = progress.wantedSize else {
            // The figure follows a choice by up to two seconds.
            if isFresh { leaveOpen(.files) } else { progress.wantedSize = torrent.counters.size }
            return
        }
        guard size != torrent.counters.size else { return }
        differs(
            .files, wanted: wanted,
            observed: .text("\(torrent.counters.size) bytes wanted instead of \(size)"))
        if actions.contains(where: { $0.call.field == .files }) { progress.wantedSize = nil }
    }

    /// Our last call is so recent that its effect may not show yet.
    private var isFresh: Bool {
        guard let last = memory.following?.lastCallAt, let age = now.milliseconds(since: last) else {
            return false
        }
        return age < Rules.verificationMilliseconds
    }
}
