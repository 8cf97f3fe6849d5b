import Reconciliation

/// One reading in the making: what is found is gathered here and becomes the reader's picture only when the
/// spool proves to have been available all the time.
struct SpoolScan {
    let settings: SpoolSettings
    let decoder: RequestDecoder
    /// What holds above all folders.
    let base: FolderDefaults
    /// The client under which a request is known whose file cannot say so.
    /// Wall clock, milliseconds.
    let now: Int64
    /// What was known before.
    var previous: SpoolPicture

    /// Requests that were judged; `nil` for one that is no longer there.
    var updates: [RequestName: RequestGroup?] = [:]
    /// Requests that are as they were.
    var unchanged: Set<RequestName> = []
    var folders: [RequestName: UInt64] = [:]
    var held: [RequestName: HeldFolder] = [:]
    /// Requests below the folders that are held because their defaults are at fault, by those folders.
    var unjudged: [RequestName: Set<SubjectKey>] = [:]
    /// By the folder that was listed when they were found.
    var problems: [RequestName: [SpoolProblem]] = [:]
    /// Files of defaults that were looked at, by their folders.
    var defaults: [RequestName: DefaultsFile] = [:]
    /// Folders that were listed with everything below them.
    var walked: [RequestName] = []
    var drafts: [RequestDraft] = []
    var rejections: [(SubjectKey, Rejection)] = []
    /// Why the listing is not whole, if it is not.
    var failure: String?
    var nextLook: Int64?
    var postponed = 0
    /// Bytes read so far; see ``SpoolSettings/readingBytes``.
    var bytesRead = 0
    /// Folders that lie on another device than before.
    var moved: [RequestName] = []

    var isOverBudget: Bool { bytesRead >= settings.readingBytes }

    func isWalked(_ folder: RequestName) -> Bool {
        walked.contains { $0 == folder || folder.isBelow(folder: $0.text) }
    }

    /// Reads the whole spool.
    mutating func walk(root: Directory) { walk(everythingIn: root, path: "", depth: 0, under: base) }

    /// Reads a folder and everything below it. What was known there and was not found is no longer there,
    /// unless its folder is held.
    ///
    /// - Parameter farther: What holds in the folder above.
    mutating func walk(
        everythingIn folder: Directory, path: String, depth: Int, under farther: FolderDefaults
    ) {
        walked.append(RequestName(path))
        walk(folder, path: path, depth: depth, under: farther)
        for name in previous.groups.keys
        where name.isBelow(folder: path) && !unchanged.contains(name) && updates[name] == nil {
            let isHeld = held.keys.contains { name.isBelow(folder: $0.text) }
            if !isHeld { updates[name] = .some(nil) }
        }
    }

    private mutating func walk(
        _ folder: Directory, path: String, depth: Int, under farther: FolderDefaults
    ) {
        let listing: FolderListing
        do throws(SystemFailure) {
            listing = try FolderListing(folder, path: path)
            let device = try folder.facts().stamp.device
            let name = RequestName(path)
            if let before = previous.folders[name], before != device { moved.append(name) }
            folders[name] = device
        } catch {
            fail("\(Self.title(path)) cannot be listed: \(error)", holding: path)
            return
        }
        note(listing.problems, in: path)
        guard let defaults = defaults(listing.defaults, in: folder, path: path, under: farther) else {
            list(unjudgedIn: listing, of: folder, path: path, depth: depth, under: farther)
            return
        }
        for (name, reason) in listing.held {
            held[RequestName(PathText.join(path, name))] = HeldFolder(reason: reason)
        }
        judge(listing.files, in: folder, path: path, defaults: defaults)
        for name in listing.folders { enter(name, of: folder, path: path, depth: depth, under: defaults) }
    }

    private mutating func enter(
        _ name: String, of parent: Directory, path: String, depth: Int, under defaults: FolderDefaults
    ) {
        let below = PathText.join(path, name)
        guard depth < SpoolName.deepest else {
            let problem = SpoolProblem(
                path: DisplayText.of(below), code: "too-deep",
                message: "requests lie at most \(SpoolName.deepest) folders deep")
            note([problem], in: path)
            return
        }
        do throws(SystemFailure) {
            walk(try parent.folder(name), path: below, depth: depth + 1, under: defaults)
        } catch {
            if error.isMissing || error.isNoFolder {
                // Listed a moment ago and another thing now. What was below is unknown, until the next look.
                held[RequestName(below)] = HeldFolder(reason: "changed while it was being listed")
                lookAgain(at: now + max(settings.settleMilliseconds, 100))
            } else {
                fail("\(Self.title(below)) cannot be opened: \(error)", holding: below)
            }
        }
    }

    mutating func note(_ found: [SpoolProblem], in path: String) {
        if !found.isEmpty { problems[RequestName(path), default: []] += found }
    }

    private mutating func fail(_ reason: String, holding path: String) {
        held[RequestName(path)] = HeldFolder(reason: reason)
        failure = failure ?? reason
    }

    mutating func lookAgain(at milliseconds: Int64) {
        nextLook = min(nextLook ?? milliseconds, milliseconds)
    }

    private static func title(_ path: String) -> String {
        path.isEmpty ? "the spool" : "the folder \(DisplayText.of(path))"
    }
}
