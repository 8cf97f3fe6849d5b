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
    struct Report {
        /// `nil` for an accepted request.
        var problem: Problem?
        /// Of all that the request consists of; `nil` when it could not be read.
        var digest: [UInt8]?
        /// Under which it was decoded.
        var defaults: FolderDefaults

        /// Whether it is the same content, judged alike.
        func isAbout(_ other: Report) -> Bool { problem == other.problem && digest == other.digest }
    }

    /// Sorted by name.
    var files: [SpoolFile]
    /// The `.torrent` that the JSON names as its source, as last understood.
    var named: String?
    /// What the listing showed under that name.
    var namedSight: SpoolFile.Sight?
    /// Those of `files` that requests beside it name as their source.
    var claimed: [String] = []
    /// Of the folder, when the request was judged.
    var defaults: FolderDefaults
    var client: String
    /// When the files were first seen as they are now, in wall-clock milliseconds.
    var firstSeen: Int64
    /// Must be read again although nothing seems to have changed.
    var isRestless: Bool = false
    /// Did not fit into the last reading.
    var isPostponed: Bool = false
    var state: State
    var report: Report?

    /// Whether somebody outside has heard of it: then it can be gone.
    var isVisible: Bool { state != .absorbed }

    /// Whether a look at the names shows what it showed when the request was judged, under equal defaults.
    func looksTheSame(
        _ files: [SpoolFile], namedSight: SpoolFile.Sight?, claimed: [String], defaults: FolderDefaults
    ) -> Bool {
        self.files == files && self.namedSight == namedSight && self.claimed == claimed
            && self.defaults == defaults
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
