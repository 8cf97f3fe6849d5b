import Reconciliation

/// What the reader knows of the whole spool since the last reading.
struct SpoolPicture {
    var groups: [RequestName: RequestGroup] = [:]
    /// Folders that were listed, the spool itself under the empty name, with their devices. A folder that is
    /// held keeps what was known of it.
    private(set) var folders: [RequestName: UInt64] = [:]
    /// Folders that are held, with the reason.
    private(set) var held: [RequestName: HeldFolder] = [:]
    /// Requests below the folders that are held because their defaults are at fault, by those folders.
    private(set) var unjudged: [RequestName: Set<SubjectKey>] = [:]
    /// Of the folders that have one.
    private(set) var defaults: [RequestName: DefaultsFile] = [:]
    /// By the folder that was listed when they were found.
    private var problemsByFolder: [RequestName: [SpoolProblem]] = [:]
    /// All of them, sorted.
    private(set) var problems: [SpoolProblem] = []
    /// Which requests name a `.torrent`, by its path.
    private(set) var claims: [RequestName: Set<RequestName>] = [:]
    /// Those whose files cannot be read just now.
    private var unread: [SubjectKey: String] = [:]
    /// Requests that must be read again although nothing seems to have changed.
    private(set) var restless: Set<RequestName> = []
    private(set) var filesSeen = 0

    /// Requests that are there and cannot be judged just now, with the reason.
    var unreadable: [SubjectKey: String] {
        unjudged.reduce(into: unread) { all, folder in
            guard let hold = held[folder.key] else { return }
            for key in folder.value { all[key] = hold.reason }
        }
    }

    func isHeld(_ name: RequestName) -> Bool { held.keys.contains { name.isBelow(folder: $0.text) } }

    /// Whether a folder above this one is held.
    func isHeldFromAbove(_ folder: RequestName) -> Bool { holder(above: folder) != nil }

    /// The folder above this one that is held.
    func holder(above folder: RequestName) -> RequestName? {
        held.keys.first { $0 != folder && folder.isBelow(folder: $0.text) }
    }

    /// What holds in a folder that is not held.
    ///
    /// - Parameter base: What holds above all folders.
    func defaults(in folder: RequestName, base: FolderDefaults) -> FolderDefaults {
        var folder = folder
        while true {
            if let effective = defaults[folder]?.effective { return effective }
            if folder.text.isEmpty { return base }
            folder = RequestName(folder.folder)
        }
    }

    /// Puts a request's new state in the place of the old and keeps the indices.
    mutating func replace(_ name: RequestName, with group: RequestGroup?) {
        if let old = groups[name] {
            filesSeen -= old.files.count
            unread[SubjectKey(client: old.client, name: name)] = nil
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
            unread[SubjectKey(client: group.client, name: name)] = reason
        }
        if group.isRestless { restless.insert(name) }
        if let named = group.named { claims[name.beside(named), default: []].insert(name) }
    }

    /// Puts what a reading found of folders in the place of what was known: whole subtrees where it walked
    /// them, single files of defaults elsewhere.
    mutating func takeFolders(of scan: SpoolScan) {
        let isWalked = { (folder: RequestName) in scan.isWalked(folder) }
        let isUnknown = { (folder: RequestName) in
            scan.held.keys.contains { $0 == folder || folder.isBelow(folder: $0.text) }
        }
        if !scan.walked.isEmpty {
            // What lies below a held folder was not looked at, and is still what it was.
            folders = folders.filter { !isWalked($0.key) || isUnknown($0.key) }
            defaults = defaults.filter { !isWalked($0.key) || isUnknown($0.key) }
            held = held.filter { !isWalked($0.key) }
            unjudged = unjudged.filter { !isWalked($0.key) }
            problemsByFolder = problemsByFolder.filter { !isWalked($0.key) }
            folders.merge(scan.folders) { $1 }
            held.merge(scan.held) { $1 }
            problemsByFolder.merge(scan.problems) { $1 }
            problems = problemsByFolder.values.flatMap { $0 }
                .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        }
        defaults.merge(scan.defaults) { $1 }
        unjudged.merge(scan.unjudged) { $1 }
    }

    mutating func forgetDevices() { folders = [:] }
}
