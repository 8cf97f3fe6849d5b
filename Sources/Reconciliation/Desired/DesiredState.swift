public import Metainfo

/// What the spool asks for: the first of the planner's pictures.
///
/// A name is in at most one of `requests` and `rejections`. A name that is in neither, and not held, is gone,
/// but only if the picture is complete.
public struct DesiredState: Equatable, Sendable {
    /// How much of the spool this picture stands for.
    public enum Availability: Equatable, Sendable {
        /// The identity was read before and after a listing without any error.
        case complete
        /// Not the spool we know, or not all of it. The sentence says why. Nothing new is added, nothing
        /// goes.
        case unavailable(String)
    }

    public var availability: Availability
    public private(set) var requests: [SubjectKey: Request] = [:]
    public private(set) var rejections: [SubjectKey: Rejection] = [:]
    /// Files that are there but could not be read just now, or are being written: neither wanted nor gone.
    public var unreadable: [SubjectKey: String] = [:]
    /// Folders whose content is not known (a link, no permission, defaults at fault), as paths below the
    /// spool.
    public var heldFolders: [String: HeldFolder] = [:]
    /// What has no status file of its own.
    public var problems: [SpoolProblem] = []
    /// Which requests ask for a torrent, by every id it may have. Kept by the mutating methods.
    private var claims: [TorrentClaim: Set<SubjectKey>] = [:]

    public init(availability: Availability = .complete) { self.availability = availability }

    public var isComplete: Bool { availability == .complete }

    /// Why the subject is neither wanted nor gone, if so.
    public func heldReason(_ key: SubjectKey) -> String? {
        unreadable[key] ?? heldFolder(key.name)?.reason
    }

    /// The hold of the folder that the request lies in, if there is one.
    public func heldFolder(_ name: RequestName) -> HeldFolder? {
        if heldFolders.isEmpty { return nil }
        // The nearest folder knows best, and gives the same answer every time.
        let folders = heldFolders.keys.filter { name.isBelow(folder: $0) }
        return folders.max { $0.utf8.count < $1.utf8.count }.flatMap { heldFolders[$0] }
    }

    /// Whether a file of this name is there, whatever it says.
    public func isPresent(_ key: SubjectKey) -> Bool {
        requests[key] != nil || rejections[key] != nil || heldReason(key) != nil
    }

    /// The requests that ask for any member of `identity` on `client`.
    public func claimants(of identity: TorrentIdentity, client: String) -> Set<SubjectKey> {
        identity.ids.reduce(into: []) { found, id in
            found.formUnion(claims[TorrentClaim(client: client, id: id)] ?? [])
        }
    }

    public mutating func accept(_ request: Request) {
        forget(request.key)
        requests[request.key] = request
        for id in request.identity?.ids ?? [] {
            claims[TorrentClaim(client: request.key.client, id: id), default: []].insert(request.key)
        }
    }

    public mutating func reject(_ key: SubjectKey, _ rejection: Rejection) {
        forget(key)
        rejections[key] = rejection
    }

    /// The file is no longer there, or about to be replaced by another reading.
    public mutating func forget(_ key: SubjectKey) {
        rejections[key] = nil
        unreadable[key] = nil
        guard let old = requests.removeValue(forKey: key) else { return }
        for id in old.identity?.ids ?? [] {
            let claim = TorrentClaim(client: key.client, id: id)
            claims[claim]?.remove(key)
            if claims[claim]?.isEmpty == true { claims[claim] = nil }
        }
    }
}

private struct TorrentClaim: Hashable, Sendable {
    let client: String
    let id: TorrentID
}
