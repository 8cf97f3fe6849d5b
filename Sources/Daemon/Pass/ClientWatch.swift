import Reconciliation

/// What passes remember of one qBittorrent besides its torrents: when to look at it, and how reaching it
/// went.
struct ClientWatch {
    let name: String
    let server: any ServerDoor
    var pacer: ObservationPacer
    var backoff = ServerBackoff()
    /// Why it is out of reach; `nil` while it is not.
    var trouble: ClientTrouble?
    /// A listing was asked for and is not answered yet: passes go on without it.
    var isAwaited = false
    var lastGoodObservation: WallTime?
    /// When something of ours there was last seen to change, or was changed by us.
    var lastMotion: Timestamp?

    init(name: String, server: any ServerDoor, intervalMilliseconds: Int64) {
        self.name = name
        self.server = server
        pacer = ObservationPacer(intervalMilliseconds: intervalMilliseconds)
    }

    /// When all its torrents are to be looked at: not before its backoff is over.
    func nextListing(now: Timestamp) -> Timestamp {
        trouble == nil ? pacer.nextListing(now: now) : backoff.until ?? now
    }

    /// When its torrents in motion are.
    func nextLook(now: Timestamp, isMoving: Bool) -> Timestamp {
        trouble == nil ? pacer.nextLook(now: now, isMoving: isMoving) : backoff.until ?? now
    }
}

extension [Timestamp] {
    /// Of one boot.
    var earliest: Timestamp? { self.min { $0.bootMilliseconds < $1.bootMilliseconds } }
}
