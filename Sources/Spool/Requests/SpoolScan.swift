import Reconciliation

/// One reading in the making: what is found is gathered here and becomes the reader's picture only when the
/// spool proves to have been available all the time.
struct SpoolScan {
    let settings: SpoolSettings
    let decoder: RequestDecoder
    /// The client under which a request is known whose file cannot say so.
    let recalledClients: [RequestName: String]
    /// Wall clock, milliseconds.
    let now: Int64
    /// What was known before.
    var previous: SpoolPicture

    /// Requests that were judged; `nil` for one that is no longer there.
    var updates: [RequestName: RequestGroup?] = [:]
    /// Requests that are as they were.
    var unchanged: Set<RequestName> = []
    var folders: [RequestName: UInt64] = [:]
    var held: [RequestName: String] = [:]
    var problems: [SpoolProblem] = []
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

    /// Reads the whole spool. What was known and was not found is no longer there, unless its folder is held.
    mutating func walk(root: Directory) {
        walk(root, path: "", depth: 0)
        for name in previous.groups.keys where !unchanged.contains(name) && updates[name] == nil {
            let isHeld = held.keys.contains { name.isBelow(folder: $0.text) }
            if !isHeld { updates[name] = .some(nil) }
        }
    }

    /// Reads a folder and everything below it.
    private mutating func walk(_ folder: Directory, path: String, depth: Int) {
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
        problems += listing.problems
        if listing.hasDefaults {
            holdDefaults(path)
            return
        }
        for (name, reason) in listing.held { held[RequestName(PathText.join(path, name))] = reason }
        judge(listing.files, in: folder, path: path)
        for name in listing.folders { enter(name, of: folder, path: path, depth: depth) }
    }

    private mutating func enter(_ name: String, of parent: Directory, path: String, depth: Int) {
        let below = PathText.join(path, name)
        guard depth < SpoolName.deepest else {
            problems.append(
                SpoolProblem(
                    path: DisplayText.of(below), code: "too-deep",
                    message: "requests lie at most \(SpoolName.deepest) folders deep"))
            return
        }
        do throws(SystemFailure) {
            walk(try parent.folder(name), path: below, depth: depth + 1)
        } catch {
            if error.isMissing || error.isNoFolder {
                // Listed a moment ago and another thing now. What was below is unknown, until the next look.
                held[RequestName(below)] = "changed while it was being listed"
                lookAgain(at: now + max(settings.settleMilliseconds, 100))
            } else {
                fail("\(Self.title(below)) cannot be opened: \(error)", holding: below)
            }
        }
    }

    private mutating func holdDefaults(_ path: String) {
        held[RequestName(path)] =
            "_defaults.json is not carried out by this version: nothing in its folder is changed until it is "
            + "taken out"
        problems.append(
            SpoolProblem(
                path: DisplayText.of(PathText.join(path, "_defaults.json")), code: "not-yet",
                message:
                    "this version does not carry out _defaults.json; its folder is held until the file is "
                    + "taken out"))
    }

    private mutating func fail(_ reason: String, holding path: String) {
        held[RequestName(path)] = reason
        failure = failure ?? reason
    }

    mutating func lookAgain(at milliseconds: Int64) {
        nextLook = min(nextLook ?? milliseconds, milliseconds)
    }

    private static func title(_ path: String) -> String {
        path.isEmpty ? "the spool" : "the folder \(DisplayText.of(path))"
    }
}
