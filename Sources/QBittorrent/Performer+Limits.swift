import HTTP
import JSON
import Metainfo
import Reconciliation

/// The server's own limits of seeding, and places in its queue.
extension Performer {
    /// Sets limits after a last look: a call sets all of them, so the parts that are not asked for are sent
    /// as they are.
    mutating func limitSeeding(_ members: [Int], _ goals: SeedGoals) async {
        guard await limitsAreSafe(members), let torrents = await lastLook(at: members) else { return }
        var groups: [Limits: [Int]] = [:]
        for index in members {
            guard let torrent = torrents[id(of: index)] else {
                record([index], .skipped("the torrent is no longer there"))
                continue
            }
            groups[Limits(goals.asLimits, over: torrent.options), default: []].append(index)
        }
        for (limits, members) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
            await change(members, "torrents/setShareLimits", limits.fields)
        }
    }

    /// Whether a torrent at its limit stays. Where limits have no action of their own the server's setting
    /// says what happens, and somebody may have changed that since we asked last.
    private mutating func limitsAreSafe(_ members: [Int]) async -> Bool {
        if capabilities.hasShareLimitAction { return true }
        switch await connection.call(.read("app/preferences")) {
        case .failure(let failure):
            record(members, lost: failure)
            return false
        case .success(let response):
            if let preferences = Preferences(answer: response), !preferences.removesAtShareLimit {
                return true
            }
            foundOtherFacts = true
            record(
                members,
                .failed(
                    ActionFailure(
                        remedy: .retry, code: "removes-at-limit",
                        message:
                            "qBittorrent is set to remove torrents at their share limit, or does not say: "
                            + "no limit was set. Set its action to stop.")))
            return false
        }
    }

    /// Moves torrents to an end of the queue. Without queueing there is none, which is as good.
    mutating func enqueue(_ members: [Int], _ place: QueuePosition) async {
        let path = place == .top ? "torrents/topPrio" : "torrents/bottomPrio"
        for part in members.parts(of: Self.mostIDs) {
            guard abandonment == nil else { return }
            let call = APICall.change(path, [("hashes", HashList(part.map { id(of: $0) }).text)])
            let answer = await connection.call(call)
            if case .success(let response) = answer, response.status == 409 {
                record(part, .acknowledged)
            } else {
                conclude(part, call, answer)
            }
        }
    }
}

/// The parameters of `setShareLimits`, all of which are sent always.
struct Limits: Hashable {
    /// −2 the global limit, −1 none.
    let ratio: Double
    /// Minutes; −2 the global limit, −1 none.
    let seedingMinutes: Int64
    /// Minutes; −2 the global limit, −1 none. 4.x does not know it.
    let inactiveMinutes: Int64

    init(_ goals: SeedGoals, over options: Torrent.Options) {
        ratio =
            switch goals.ratio {
            case nil: options.ratioLimit
            case .unlimited?: -1
            case .at(let ratio)?: ratio
            }
        seedingMinutes = Self.minutes(goals.time, options.seedingTimeLimit)
        inactiveMinutes = Self.minutes(goals.inactiveTime, options.inactiveSeedingTimeLimit ?? -2)
    }

    private static func minutes(_ goal: SeedGoals.Goal<Int64>?, _ present: Int64) -> Int64 {
        switch goal {
        case nil: present
        case .unlimited?: -1
        case .at(let minutes)?: minutes
        }
    }

    var fields: [(name: String, value: String)] {
        [
            ("ratioLimit", "\(ratio)"), ("seedingTimeLimit", "\(seedingMinutes)"),
            ("inactiveSeedingTimeLimit", "\(inactiveMinutes)"),
            // Required from 5.2 on, ignored before. The torrent's own action is one that keeps it.
            ("shareLimitAction", "Stop"), ("shareLimitsMode", "Default"),
        ]
    }
}
