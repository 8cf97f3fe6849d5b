import Daemon
import Metainfo
import Reconciliation

/// Sources in memory: what was asked for stays open until a scenario answers it.
///
/// Unchecked: a scenario and its pass take turns, each waiting for the other.
final class MemorySources: SourceDoor, @unchecked Sendable {
    private(set) var open: [SubjectKey: SourceQuest] = [:]
    /// Every quest that was begun, by its label, in order.
    private(set) var asked: [String] = []
    private var answers: [SourceFinding] = []
    private let clock: ManualClock

    init(clock: ManualClock) { self.clock = clock }

    /// Another process begins: nothing is under way.
    func restart() {
        open = [:]
        answers = []
    }

    /// Whoever waits for this address has it.
    func find(_ address: String, _ label: String, size: Int64? = nil) {
        let identity = World.identity(label)
        answer(
            address,
            .success(
                FoundSource(
                    identity: identity, payload: .magnet("magnet:?xt=urn:btih:\(identity)"), size: size)))
    }

    func fail(_ address: String, _ remedy: SourceFailure.Remedy, code: String = "url-failed") {
        answer(address, .failure(SourceFailure(remedy, code: code, message: "\(address) does not work")))
    }

    /// Every open quest for an address leads to the torrent of a label.
    func answerAll(_ label: (String) -> String) {
        for quest in open.values.sorted(by: { $0.key < $1.key }) {
            if case .address(let address) = quest.candidate.content { find(address, label(address)) }
        }
    }

    private func answer(_ address: String, _ result: Result<FoundSource, SourceFailure>) {
        for (key, quest) in open where quest.candidate.content == .address(address) {
            open[key] = nil
            answers.append(SourceFinding(quest, result: result, at: clock.now()))
        }
    }

    func want(_ quests: [SourceQuest]) async {
        for quest in quests where open[quest.key] != quest {
            open[quest.key] = quest
            asked.append(quest.candidate.label)
        }
    }

    func forget(_ keys: [SubjectKey]) async { for key in keys { open[key] = nil } }

    func findings() async -> [SourceFinding] {
        defer { answers = [] }
        return answers
    }

    func underWay() async -> Int { open.count + answers.count }

    func wait(atMostMilliseconds: Int64) async {}
}
