import Reconciliation

/// What was published and when, kept between passes: which statuses are due, how many subjects are in which
/// phase, and which of them move.
struct PublishingBook {
    private(set) var census: [Phase: Int] = [:]
    private(set) var inSync = 0
    private(set) var phases: [SubjectKey: Phase] = [:]
    /// Subjects whose torrent changes by itself and is not complete, or is being checked or moved.
    private(set) var inMotion: Set<SubjectKey> = []
    private var synced: Set<SubjectKey> = []
    private var writtenAt: [SubjectKey: Timestamp] = [:]
    private var counters: [SubjectKey: Torrent.Counters] = [:]
    /// Messages that hold figures, of subjects without a torrent: the place in a line.
    private var messages: [SubjectKey: String] = [:]
    /// Statuses whose files are not known to say what the store says: compared byte for byte once.
    private(set) var doubtful: Set<SubjectKey>
    /// Statuses that could not be written: tried again in every pass.
    private(set) var unwritten: Set<SubjectKey> = []

    /// - Parameter recalled: From the last process. After another boot every file is in doubt: derived files
    ///   are not fsynced.
    init(_ recalled: Recalled, now: Timestamp) {
        let isSameBoot = recalled.lastPassAt.map { $0.bootID == now.bootID } ?? false
        doubtful = isSameBoot ? recalled.publishing : Set(recalled.memory.subjects.keys)
        for (key, subject) in recalled.memory.subjects {
            if let published = subject.published {
                note(key, published.phase, isInSync: published.conditions[.inSync]?.isTrue ?? false)
            }
        }
    }

    /// Whether one of them is in a phase that is motion by itself. A stalled torrent, or a magnet that waits
    /// for metadata, may wait for ever: those count as moving only while something about them changes.
    func isMoving(on client: String) -> Bool {
        inMotion.contains { key in
            guard key.client == client else { return false }
            return switch phases[key] {
            case .downloading, .checking, .moving, .adding, .removing: true
            default: false
            }
        }
    }

    /// Of what counts as a request: removed ones are only remembered.
    var converged: Double {
        let total = phases.count - census[.removed, default: 0]
        return total <= 0 ? 1 : Double(inSync) / Double(total)
    }

    mutating func note(_ key: SubjectKey, _ phase: Phase, isInSync: Bool) {
        if let old = phases.updateValue(phase, forKey: key) { count(old, -1) }
        count(phase, 1)
        if phase == .removed || !isInSync {
            if synced.remove(key) != nil { inSync -= 1 }
        } else if synced.insert(key).inserted {
            inSync += 1
        }
        switch phase {
        case .downloading, .metadata, .checking, .moving, .adding, .stalled, .queued, .removing:
            inMotion.insert(key)
        default: inMotion.remove(key)
        }
    }

    mutating func forget(_ key: SubjectKey) {
        if let old = phases.removeValue(forKey: key) { count(old, -1) }
        if synced.remove(key) != nil { inSync -= 1 }
        inMotion.remove(key)
        writtenAt[key] = nil
        counters[key] = nil
        messages[key] = nil
        doubtful.remove(key)
        unwritten.remove(key)
    }

    private mutating func count(_ phase: Phase, _ step: Int) {
        let count = census[phase, default: 0] + step
        census[phase] = count == 0 ? nil : count
    }

    /// Whether a status whose counters alone may have changed is due for a write.
    func isDue(_ status: RequestStatus, pauseMilliseconds: Int64, now: Timestamp) -> Bool {
        let key = status.key
        if let torrent = status.torrent?.torrent {
            guard counters[key] != torrent.counters else { return false }
        } else {
            guard status.hasMovingMessage, messages[key] != status.message else { return false }
        }
        guard let written = writtenAt[key], let age = now.milliseconds(since: written) else { return true }
        return age >= pauseMilliseconds
    }

    mutating func wrote(_ status: RequestStatus, at now: Timestamp) {
        let key = status.key
        writtenAt[key] = now
        counters[key] = status.torrent?.torrent.counters
        messages[key] = status.torrent == nil && status.hasMovingMessage ? status.message : nil
        doubtful.remove(key)
        unwritten.remove(key)
    }

    mutating func failedToWrite(_ key: SubjectKey) {
        doubtful.insert(key)
        unwritten.insert(key)
    }
}
