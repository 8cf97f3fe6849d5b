import Reconciliation

/// One file with a request's suffix, as the listing showed it.
struct SpoolFile: Equatable {
    /// What a look at the name, without opening it, told.
    enum Sight: Equatable {
        case file(FileKind, FileStamp)
        case unknown(SystemFailure)
    }

    let name: String
    let suffix: RequestSuffix
    var sight: Sight

    var stamp: FileStamp? {
        guard case .file(_, let stamp) = sight else { return nil }
        return stamp
    }
}

/// The files that share a request's name, and what became of them: what a reader remembers of a request.
struct RequestGroup {
    enum State: Equatable {
        case accepted
        case rejected
        case unreadable(String)
        /// All its files are sources that other requests name.
        case absorbed
    }

    /// What was handed out about the request last.
    struct Report: Equatable {
        /// `nil` for an accepted request.
        var problem: Problem?
        /// Of all that the request consists of; `nil` when it could not be read.
        var digest: [UInt8]?
    }

    /// Sorted by name.
    var files: [SpoolFile]
    /// The `.torrent` that the JSON names as its source, as last understood.
    var named: String?
    /// What the listing showed under that name.
    var namedSight: SpoolFile.Sight?
    /// Those of `files` that requests beside it name as their source.
    var claimed: [String] = []
    var client: String
    /// When the files were first seen as they are now, in wall-clock milliseconds.
    var firstSeen: Int64
    /// Must be read again although nothing seems to have changed.
    var isRestless: Bool = false
    var state: State
    var report: Report?

    /// Whether somebody outside has heard of it: then it can be gone.
    var isVisible: Bool { state != .absorbed }

    /// Whether a look at the names shows what it showed when the request was judged.
    func looksTheSame(_ files: [SpoolFile], namedSight: SpoolFile.Sight?, claimed: [String]) -> Bool {
        self.files == files && self.namedSight == namedSight && self.claimed == claimed
    }

    /// Whether it need not be judged again.
    func isSettled(_ files: [SpoolFile], namedSight: SpoolFile.Sight?, claimed: [String]) -> Bool {
        !isRestless && looksTheSame(files, namedSight: namedSight, claimed: claimed)
    }
}

/// What the reader knows of the whole spool since the last reading.
struct SpoolPicture {
    var groups: [RequestName: RequestGroup] = [:]
    /// Folders that were listed, the spool itself under the empty name, with their devices.
    var folders: [RequestName: UInt64] = [:]
    /// Folders that were not, with the reason.
    var held: [RequestName: String] = [:]
    var problems: [SpoolProblem] = []
    /// Which requests name a `.torrent`, by its path.
    var claims: [RequestName: Set<RequestName>] = [:]
    var unreadable: [SubjectKey: String] = [:]
    /// Requests that must be read again although nothing seems to have changed.
    var restless: Set<RequestName> = []
    var filesSeen = 0

    func isHeld(_ name: RequestName) -> Bool { held.keys.contains { name.isBelow(folder: $0.text) } }

    /// Puts a request's new state in the place of the old and keeps the indices.
    mutating func replace(_ name: RequestName, with group: RequestGroup?) {
        if let old = groups[name] {
            filesSeen -= old.files.count
            unreadable[SubjectKey(client: old.client, name: name)] = nil
            restless.remove(name)
            if let path = old.named.map({ name.beside($0) }) {
                claims[path]?.remove(name)
                if claims[path]?.isEmpty == true { claims[path] = nil }
            }
        }
        groups[name] = group
        guard let group else { return }
        filesSeen += group.files.count
        if case .unreadable(let reason) = group.state {
            unreadable[SubjectKey(client: group.client, name: name)] = reason
        }
        if group.isRestless { restless.insert(name) }
        if let named = group.named { claims[name.beside(named), default: []].insert(name) }
    }
}

extension RequestName {
    /// The folder it lies in; empty for the spool itself.
    var folder: String {
        text.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(text[..<$0]) } ?? ""
    }

    /// The path of another file in the same folder.
    func beside(_ file: String) -> RequestName { RequestName(PathText.join(folder, file)) }
}
