import Reconciliation

/// The `_defaults.json` of one folder, and what became of it: what a reader remembers of it.
struct DefaultsFile {
    enum Content: Equatable {
        case said(RequestDefaults)
        /// At fault: its folder is held until the file changes.
        case invalid(Problem)
        /// Its folder is held for as long as that lasts.
        case unreadable(String, isPassing: Bool)
    }

    /// One, unless it is there in several spellings of its suffix.
    let files: [SpoolFile]
    /// When the files were first seen as they are now, in wall-clock milliseconds.
    let firstSeen: Int64
    let content: Content
    /// Must be read again although nothing seems to have changed.
    let isRestless: Bool
    var lookAgainAt: Int64?
    /// With what is farther; kept while it says the same, so that whoever was judged by it still is.
    var effective: FolderDefaults?

    /// Why its folder is held, if it is.
    ///
    /// - Parameter path: Of the folder.
    func hold(_ path: String) -> HeldFolder? {
        let title = title(path)
        switch content {
        case .said: return nil
        case .invalid(let problem):
            return HeldFolder(reason: "\(title) is invalid, \(problem.placed)", problem: problem)
        case .unreadable(let reason, _): return HeldFolder(reason: "\(title) is not known: \(reason)")
        }
    }

    /// What nothing but the list of problems tells, where there is no request that could.
    func problem(_ path: String) -> SpoolProblem? {
        switch content {
        case .said, .unreadable(_, isPassing: true): nil
        case .invalid(let problem):
            SpoolProblem(path: title(path), code: problem.code, message: problem.placed)
        case .unreadable(let reason, isPassing: false):
            SpoolProblem(path: title(path), code: "unreadable", message: reason)
        }
    }

    private func title(_ path: String) -> String {
        DisplayText.of(PathText.join(path, files.first?.name ?? Self.name))
    }

    static let name = "_defaults.json"

    /// Those that a folder has.
    static func all(in folder: Directory) throws(SystemFailure) -> [SpoolFile] {
        try folder.names().filter { SpoolName($0, isFolder: false) == .defaults }
            .sorted { Bytes.areInOrder($0, $1) }
            .map { look(at: $0, in: folder) }
    }

    /// What a look at the name shows.
    static func look(at name: [UInt8], in folder: Directory) -> SpoolFile {
        let text = String(decoding: name, as: UTF8.self)
        do throws(SystemFailure) {
            let facts = try folder.facts(name)
            return SpoolFile(name: text, suffix: .json, sight: .file(facts.kind, facts.stamp))
        } catch {
            return SpoolFile(name: text, suffix: .json, sight: .unknown(error))
        }
    }
}
