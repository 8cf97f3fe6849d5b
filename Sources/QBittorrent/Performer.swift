import HTTP
import Metainfo
import Reconciliation

/// Carries out the actions of one pass: groups them, makes the calls, judges the answers.
///
/// Every action gets exactly one result. When the server is gone, deaf, or no longer lets us in, the actions
/// that are left fail with the remedy `abandonClient` and nothing more is sent.
struct Performer {
    /// How many torrents one change names. 10 000 at once make a 4.5.2 deaf for 12 s.
    static let mostIDs = 500

    let actions: [Action]
    let connection: Connection
    let capabilities: Capabilities
    let payload: @Sendable (TorrentIdentity) throws -> SourcePayload?
    /// Looks for files of torrents on this machine.
    let look: DataLook
    /// What becomes of the data of torrents that are removed, by position.
    var partings: [Int: DataParting] = [:]
    /// Names of the server's categories, once asked.
    var categories: Set<String>?
    private var outcomes: [Outcome?]
    /// Why nothing more is sent, once that is so.
    var abandonment: CallFailure?
    /// The server's settings turned out to be others than its facts say.
    var foundOtherFacts = false
    /// Waits for a moment between two looks at what a call has changed.
    let pause: @Sendable () async -> Void

    init(
        actions: [Action], connection: Connection, capabilities: Capabilities,
        payload: @escaping @Sendable (TorrentIdentity) throws -> SourcePayload?,
        look: @escaping DataLook, pause: @escaping @Sendable () async -> Void
    ) {
        self.look = look
        self.pause = pause
        self.actions = actions
        self.connection = connection
        self.capabilities = capabilities
        self.payload = payload
        outcomes = Array(repeating: nil, count: actions.count)
    }

    /// - Returns: One outcome an action, in their order.
    mutating func run() async -> [Outcome] {
        for group in Stages.groups(of: actions) {
            await perform(group)
            giveUp(on: group.members)
        }
        return outcomes.map { outcome in
            guard let outcome else { preconditionFailure("every action has an outcome") }
            return outcome
        }
    }

    private mutating func perform(_ group: Stages.Group) async {
        guard abandonment == nil else { return }
        let members = group.members
        switch group.call {
        case .add(let addition): await add(members, addition)
        case .addTags(let tags): await tag(members, "torrents/addTags", tags)
        case .removeTags(let tags): await tag(members, "torrents/removeTags", tags)
        case .start: await change(members, "torrents/\(capabilities.startWord)")
        case .stop: await change(members, "torrents/\(capabilities.stopWord)")
        case .recategorize(let category, let path): await recategorize(members, category, path: path)
        case .relocate(let path):
            await change(members, "torrents/setLocation", [("location", path)], mayBeDenied: true)
        case .setAutoTMM(let flag):
            await change(members, "torrents/setAutoManagement", [("enable", flag ? "true" : "false")])
        case .rename(let name): await rename(members, name)
        case .setSequentialDownload(let flag):
            await toggle(members, "torrents/toggleSequentialDownload", to: flag) {
                $0.options.sequentialDownload
            }
        case .setFirstLastPiecePrio(let flag):
            await toggle(members, "torrents/toggleFirstLastPiecePrio", to: flag) {
                $0.options.firstLastPiecePrio
            }
        case .limitDownload(let limit):
            await change(members, "torrents/setDownloadLimit", [("limit", String(max(0, limit)))])
        case .limitUpload(let limit):
            await change(members, "torrents/setUploadLimit", [("limit", String(max(0, limit)))])
        case .setDownloadPath(let path):
            await change(members, "torrents/setDownloadPath", [("path", path)], mayBeDenied: true, ids: "id")
        case .setForceStart(let flag):
            await change(members, "torrents/setForceStart", [("value", flag ? "true" : "false")])
        case .setSuperSeeding(let flag):
            await change(members, "torrents/setSuperSeeding", [("value", flag ? "true" : "false")])
        case .limitSeeding(let goals): await limitSeeding(members, goals)
        case .selectFiles(let selection): await selectFiles(members, selection)
        case .enqueue(let place): await enqueue(members, place)
        case .prune(let tag, .go(let warrant)?): await prune(members, ifTagged: tag, warrant)
        case .prune(let tag, .stay(let rule)?):
            for index in members { partings[index] = .kept(rule) }
            await prune(members, ifTagged: tag)
        case .prune(let tag, nil): await prune(members, ifTagged: tag)
        }
    }

    mutating func record(_ members: some Sequence<Int>, _ result: Outcome.Result) {
        let now = connection.clock()
        for index in members {
            precondition(outcomes[index] == nil, "an action has one outcome")
            outcomes[index] = Outcome(
                action: actions[index], result: result, at: now, parting: partings[index])
        }
    }

    /// Records what a call that brought no answer means for its members, and for all that would come after
    /// it.
    mutating func record(_ members: some Sequence<Int>, lost failure: CallFailure) {
        record(members, failure.result)
        if failure.isLasting { abandonment = failure }
    }

    /// The members that were not reached when the server was given up.
    private mutating func giveUp(on members: [Int]) {
        guard let abandonment else { return }
        record(members.filter { outcomes[$0] == nil }, abandonment.abandoned)
    }

    /// The id to call an action's torrent by.
    func id(of index: Int) -> TorrentID {
        guard let id = actions[index].id else { preconditionFailure("only an add has no id to call by") }
        return id
    }
}

extension Performer {
    /// What an answer means for the actions it was about. Whether the change had its effect is told by a
    /// later look: unknown ids, for instance, are acknowledged too.
    static func judge(_ answer: Result<HTTPResponse, CallFailure>, of call: APICall) -> Outcome.Result {
        switch answer {
        case .failure(let failure): failure.result
        case .success(let response): judge(response, of: call)
        }
    }

    static func judge(_ response: HTTPResponse, of call: APICall) -> Outcome.Result {
        if (200..<300).contains(response.status) { return .acknowledged }
        let text = AnswerText(response)
        let (code, advice) =
            switch response.status {
            case 403 where call.mayBeDenied, 409 where call.mayBeDenied:
                ("bad-path", "Check that qBittorrent can create and write the path.")
            case 409: ("conflict", "It is tried again.")
            default: ("http-\(response.status)", "It is tried again.")
            }
        return .failed(
            ActionFailure(
                remedy: .retry, code: code,
                message: "qBittorrent refused \(call.path) (\(response.status): \(text.shown)). \(advice)"))
    }
}
