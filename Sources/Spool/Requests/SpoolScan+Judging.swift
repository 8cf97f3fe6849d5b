import JSON
import Metainfo
import Reconciliation

/// The files of one request name with what was known of them, on the way to a verdict.
private struct Candidate {
    let name: RequestName
    let defaults: FolderDefaults
    var files: [SpoolFile]
    let previous: RequestGroup?
    let firstSeen: Int64
    var named: String?
    var document: RequestJudge.Document?
    /// Does not fit into this reading.
    var isPostponed = false

    /// Nobody has heard of it yet, or of what it is now.
    var isNews: Bool { previous?.report == nil || previous?.isPostponed == true }

    var json: SpoolFile? {
        let documents = files.filter { $0.suffix == .json }
        return documents.count == 1 ? documents[0] : nil
    }
}

extension SpoolScan {
    /// Judges requests of one folder: all of them in a full scan, those that an event touched otherwise.
    ///
    /// Documents come first, because what they name decides which `.torrent` files are requests of their own.
    ///
    /// - Parameters:
    ///   - listed: The requests by stem, with their files.
    ///   - defaults: What holds in the folder.
    ///   - sightElsewhere: What is known of files that are not listed.
    ///   - claimsElsewhere: Whether a request that is not listed names the file.
    mutating func judge(
        _ listed: [(stem: String, files: [SpoolFile])], in folder: Directory, path: String,
        defaults: FolderDefaults, sightElsewhere: (String) -> SpoolFile? = { _ in nil },
        claimsElsewhere: (String) -> Bool = { _ in false }
    ) {
        let judge = RequestJudge(
            settings: settings, decoder: decoder, folder: folder, defaults: defaults, now: now)
        var torrents: [RequestName: SpoolFile] = [:]
        for file in listed.flatMap(\.files) where file.suffix == .torrent {
            torrents[RequestName(file.name)] = file
        }
        let find = { (name: String) in torrents[RequestName(name)] ?? sightElsewhere(name) }

        updates.reserveCapacity(updates.count + listed.count)
        let all = listed.map { candidate(RequestName(PathText.join(path, $0.stem)), $0.files, defaults) }
        // What nobody has heard of yet first: a reading that ends early must not spend itself on looking
        // again.
        var candidates = all.filter(\.isNews) + all.filter { !$0.isNews }
        var isAnyPostponed = false
        var documentBytes = 0
        for index in candidates.indices {
            readDocument(&candidates[index], with: judge, find: find, bytes: &documentBytes)
            isAnyPostponed = isAnyPostponed || candidates[index].isPostponed
        }
        let named = Set(candidates.compactMap { $0.named.map(RequestName.init) })
        let isClaimed = { (name: String) in named.contains(RequestName(name)) || claimsElsewhere(name) }

        for var candidate in candidates {
            // A document that was not read yet may name any of the torrents beside it.
            if isAnyPostponed, candidate.json == nil, candidate.previous == nil {
                candidate.isPostponed = true
            }
            settle(candidate, with: judge, find: find, isClaimed: isClaimed)
        }
    }

    private func candidate(
        _ name: RequestName, _ files: [SpoolFile], _ defaults: FolderDefaults
    ) -> Candidate {
        let previous = previous.groups[name]
        // A wall clock that was set back must not make a file young for long.
        let firstSeen = previous?.files == files ? min(previous?.firstSeen ?? now, now) : now
        return Candidate(
            name: name, defaults: defaults, files: files, previous: previous, firstSeen: firstSeen,
            named: previous?.named)
    }

    /// Reads the JSON of a request, unless nothing changed, and takes down which `.torrent` it names.
    ///
    /// - Parameter bytes: Of the documents that the folder holds in memory at once.
    private func readDocument(
        _ candidate: inout Candidate, with judge: RequestJudge, find: (String) -> SpoolFile?,
        bytes: inout Int
    ) {
        guard let json = candidate.json else {
            candidate.named = nil
            return
        }
        guard case .file(.regular, _) = json.sight else { return }
        if let previous = candidate.previous, !previous.isRestless,
            previous.looksTheSame(
                candidate.files, namedSight: previous.named.flatMap(find)?.sight, claimed: previous.claimed,
                defaults: candidate.defaults)
        {
            return
        }
        guard bytes < settings.readingBytes / 4 else {
            candidate.isPostponed = true
            return
        }
        let document = judge.document(json, firstSeen: candidate.firstSeen)
        // A document that does not parse keeps its claim: its torrent must not become a request meanwhile.
        if case .parsed(let content, _, let outline) = document {
            bytes += content.bytes.count
            candidate.named = outline.named
        }
        candidate.document = document
    }

    private mutating func settle(
        _ candidate: Candidate, with judge: RequestJudge, find: (String) -> SpoolFile?,
        isClaimed: (String) -> Bool
    ) {
        var candidate = candidate
        let hasDocument = candidate.files.contains { $0.suffix == .json }
        let claimed = hasDocument ? [] : candidate.files.map(\.name).filter(isClaimed)
        let namedFile = candidate.named.flatMap(find)
        if isOverBudget { candidate.isPostponed = true }
        if let previous = candidate.previous,
            previous.looksTheSame(
                candidate.files, namedSight: namedFile?.sight, claimed: claimed,
                defaults: candidate.defaults),
            candidate.isPostponed ? !candidate.isNews : !previous.isRestless && candidate.document == nil
        {
            // As it was; what only had to be looked at once more waits for a reading that has room.
            unchanged.insert(candidate.name)
            return
        }
        let listed = candidate.files
        candidate.files.removeAll { claimed.contains($0.name) }

        var group = RequestGroup(
            files: listed, named: candidate.named, namedSight: namedFile?.sight, claimed: claimed,
            defaults: candidate.defaults,
            client: candidate.previous?.client ?? candidate.defaults.said.options.client ?? settings.client,
            firstSeen: candidate.firstSeen, state: .absorbed, report: candidate.previous?.report)
        if candidate.files.isEmpty {
            group.report = nil
        } else if candidate.isPostponed {
            postponed += 1
            group.isPostponed = true
            apply(.unreadable(.init(reason: "waits to be read")), to: &group, candidate.name, judge)
        } else {
            apply(verdict(candidate, namedFile, with: judge, &group), to: &group, candidate.name, judge)
        }
        updates[candidate.name] = group
    }

    private mutating func verdict(
        _ candidate: Candidate, _ named: SpoolFile?, with judge: RequestJudge, _ group: inout RequestGroup
    ) -> RequestJudge.Verdict {
        // The names were looked at some time ago: a stamp that is young now may hide a later change.
        group.isRestless = ([named].compactMap { $0 } + candidate.files)
            .contains { $0.stamp?.isFresh(at: now) ?? true }
        if let verdict = verdict(onNamesOf: candidate, with: judge) { return verdict }
        let side = candidate.files.first { $0.suffix != .json }
        guard candidate.json != nil else {
            guard let side else { preconditionFailure("a request has a file") }
            return counted(
                judge.verdict(bare: side, name: candidate.name, firstSeen: candidate.firstSeen), [side])
        }
        guard let document = candidate.document else {
            preconditionFailure("a document is read before its request is judged")
        }
        switch document {
        case .unreadable(let unreadable): return .unreadable(unreadable)
        case .rejected(let rejection): return .rejected(rejection)
        case .parsed(let content, let decoded, let outline):
            group.client = outline.client ?? group.client
            switch decoded {
            case .failure(let problem): return .rejected(judge.rejection(problem, of: content))
            case .success(let request):
                let verdict = judge.verdict(
                    request, name: candidate.name, content: content, side: side, named: named,
                    firstSeen: candidate.firstSeen)
                return counted(verdict, candidate.files + [named].compactMap { $0 })
            }
        }
    }

    /// Only an accepted request keeps its bytes: what is at fault or being written takes no room in a
    /// reading, and so keeps no request behind it waiting.
    private mutating func counted(
        _ verdict: RequestJudge.Verdict, _ files: [SpoolFile]
    ) -> RequestJudge.Verdict {
        if case .accepted = verdict {
            bytesRead += files.reduce(0) { $0 + Int($1.stamp?.size ?? 0) }
        }
        return verdict
    }

    /// What can be said without reading: a name that could not be looked at, is no regular file, or is there
    /// twice.
    private func verdict(onNamesOf candidate: Candidate, with judge: RequestJudge) -> RequestJudge.Verdict? {
        for file in candidate.files {
            switch file.sight {
            case .unknown(let failure):
                let name = DisplayText.of(file.name)
                let soon = failure.isMissing || failure.isShortage
                return .unreadable(
                    .init(
                        reason: "\(name) cannot be looked at: \(failure)",
                        lookAgainAt: soon ? now + max(settings.settleMilliseconds, 100) : nil))
            case .file(.regular, _): break
            case .file(let kind, _): return .rejected(RequestJudge.notRegular(file, kind))
            }
        }
        let sources = candidate.files.filter { $0.suffix != .json }
        let documents = candidate.files.count - sources.count
        guard documents > 1 || sources.count > 1 else { return nil }
        let names = (documents > 1 ? candidate.files.filter { $0.suffix == .json } : sources).map(\.name)
        let problem = Problem(
            code: "ambiguous",
            message:
                "\(names.map(DisplayText.of).joined(separator: " and ")) are one request; only one of them "
                + "can be meant.")
        return judge.verdict(rejecting: candidate.files, for: problem, firstSeen: candidate.firstSeen)
    }

    /// Takes a verdict down in the group, and in what is handed out if it is news.
    private mutating func apply(
        _ verdict: RequestJudge.Verdict, to group: inout RequestGroup, _ name: RequestName,
        _ judge: RequestJudge
    ) {
        let before = previous.groups[name]?.client
        var report = RequestGroup.Report(problem: nil, digest: nil, defaults: group.defaults)
        let known = group.report
        switch verdict {
        case .unreadable(let unreadable):
            group.state = .unreadable(unreadable.reason)
            group.isRestless = true
            if let look = unreadable.lookAgainAt { lookAgain(at: look) }
            return
        case .accepted(let draft, let digest):
            group.state = .accepted
            group.client = draft.key.client
            report.digest = digest
            let isKnown =
                known.map {
                    $0.isAbout(report)
                        && judge.means(draft, theSameUnder: $0.defaults, as: group.defaults)
                } ?? false
            if !isKnown || before != group.client { drafts.append(draft) }
        case .rejected(let rejection):
            group.state = .rejected
            report.problem = rejection.problem
            report.digest = rejection.version?.digest
            if known?.isAbout(report) != true || before != group.client {
                rejections.append((SubjectKey(client: group.client, name: name), rejection))
            }
        }
        group.report = report
    }
}
