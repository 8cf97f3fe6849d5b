import Metainfo
import Reconciliation

/// What one pass gathers on its way.
struct PassWork {
    let number: UInt64
    let at: Timestamp
    let commitsBefore: Int
    var selection = Selection.only([])
    /// Subjects to judge, until the selection is made.
    var touched: Set<SubjectKey> = []
    /// The plan as permitted, then with the judgements of the look after acting in place.
    var plan = Plan()
    var finalPlan = Plan()
    var outcomes: [Outcome] = []
    var batch: PassBatch
    var statuses: [SubjectKey: RequestStatus] = [:]
    /// Statuses that the last commit made due.
    var published: Set<SubjectKey> = []
    var filesWritten = 0
    var holdsChanged = false
    var wantsAnotherPass = false
    var lookAgainAt: WallTime?
    /// The spool was read in full, with its identity before and after.
    var hasReadAll = false
    /// Nothing outside may change.
    var isRehearsal = false
    /// Subjects that a torrent's new follower concerns: judged in the next pass.
    var rivals: Set<SubjectKey> = []
    /// Where torrents were that nobody follows there any more.
    var leftBehind: [ObservedKey: TorrentIdentity] = [:]

    init(number: UInt64, at: Timestamp, commits: Int) {
        self.number = number
        self.at = at
        commitsBefore = commits
        batch = PassBatch(pass: number, at: at)
    }
}
