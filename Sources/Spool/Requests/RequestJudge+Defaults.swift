import Reconciliation

extension RequestJudge {
    enum DefaultsReading {
        case read(RequestDefaults)
        case rejected(Problem)
        case unreadable(Unreadable)
    }

    /// Reads a folder's file of defaults, by the rules of every other file.
    ///
    /// - Parameter files: More than one when it is there in several spellings of its suffix.
    func defaults(_ files: [SpoolFile], firstSeen: Int64) -> DefaultsReading {
        guard let file = files.first, files.count == 1 else {
            let names = files.map { DisplayText.of($0.name) }.joined(separator: " and ")
            return .rejected(
                Problem(
                    code: "ambiguous", message: "\(names) lie in one folder; only one of them can be meant."))
        }
        if case .file(let kind, _) = file.sight, kind != .regular {
            return .rejected(Self.notRegular(file, kind).problem)
        }
        switch content(of: file, firstSeen: firstSeen) {
        case .unreadable(let unreadable): return .unreadable(unreadable)
        case .rejected(let rejection): return .rejected(rejection.problem)
        case .read(let content):
            switch parse(content, firstSeen: firstSeen) {
            case .unreadable(let unreadable): return .unreadable(unreadable)
            case .rejected(let problem): return .rejected(problem)
            case .parsed(let root):
                switch decoder.defaults(root, in: content.bytes) {
                case .success(let said): return .read(said)
                case .failure(let problem): return .rejected(problem)
                }
            }
        }
    }

    /// The same, as a reader remembers it.
    ///
    /// - Parameter before: What it remembers so far.
    func defaultsFile(_ files: [SpoolFile], before: DefaultsFile?) -> DefaultsFile {
        // A wall clock that was set back must not make a file young for long.
        let firstSeen = before?.files == files ? min(before?.firstSeen ?? now, now) : now
        // A stamp that is young now may hide a later change.
        let isFresh = files.contains { $0.stamp?.isFresh(at: now) ?? true }
        switch defaults(files, firstSeen: firstSeen) {
        case .read(let said):
            return DefaultsFile(
                files: files, firstSeen: firstSeen, content: .said(said), isRestless: isFresh)
        case .rejected(let problem):
            return DefaultsFile(
                files: files, firstSeen: firstSeen, content: .invalid(problem), isRestless: isFresh)
        case .unreadable(let unreadable):
            return DefaultsFile(
                files: files, firstSeen: firstSeen,
                content: .unreadable(unreadable.reason, isPassing: unreadable.lookAgainAt != nil),
                isRestless: true, lookAgainAt: unreadable.lookAgainAt)
        }
    }
}
