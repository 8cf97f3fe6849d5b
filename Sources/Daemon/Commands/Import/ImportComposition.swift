import Metainfo
import Reconciliation
import Spool

/// Makes a request of a torrent so that it asks for exactly what is there: judged by the rules of a pass,
/// under the defaults of the folder it is to lie in, and planned as the next pass will plan it.
struct ImportComposition {
    /// Where the torrent's source comes from.
    enum Source {
        case torrent([UInt8])
        case magnet(String)
    }

    struct Composed {
        /// The JSON, where there is one, first.
        var files: [(suffix: String, bytes: [UInt8])]
        var fields: [Field: FieldValue]
        /// What was left out, and why.
        var remarks: [String]
    }

    /// A torrent cannot become a request that leaves it as it is.
    struct Refusal: Error {
        let message: String
    }

    let torrent: Torrent
    let source: Source
    let folder: String
    let client: String
    let facts: ServerFacts
    let rules: Rules
    let spool: SpoolSettings
    let trial: Trial

    private var fields: [Field: FieldValue] = [:]
    /// Written although the defaults say it, because they say something else.
    private var overrides: Set<Field> = []
    private var namesClient: Bool
    private var remarks: [String] = []

    /// - Parameters:
    ///   - folder: Below the spool.
    ///   - client: Which client has the torrent.
    init(
        torrent: Torrent, source: Source, folder: String, client: String, facts: ServerFacts,
        installation: Installation
    ) {
        self.torrent = torrent
        self.source = source
        self.folder = folder
        self.client = client
        self.facts = facts
        rules = installation.rules
        spool = installation.spoolSettings
        trial = Trial(installation)
        namesClient = client != installation.spoolSettings.client
    }

    /// - Parameter wanted: The fields to take over, as far as they are set on the torrent.
    /// - Throws: ``Refusal``; or what reading the defaults of the folder throws.
    mutating func compose(_ wanted: Set<Field>) throws -> Composed {
        let observed = TorrentFields(torrent: torrent, ownTag: spool.ownTag)
        for field in wanted { fields[field] = observed.setValue(of: field) }
        // Every round takes a field out, or writes one more over the defaults; no field goes both ways twice.
        for _ in 0...2 * Field.allCases.count {
            let files = files
            switch try trial.judge(
                files.map { .init(name: "request." + $0.suffix, bytes: $0.bytes) }, asIfIn: folder)
            {
            case .failure(let problem): try leaveOut(for: problem)
            case .success(let request) where request.key.client != client:
                guard !namesClient else { throw Refusal(message: "its request would be for another client") }
                namesClient = true
            case .success(let request):
                let offending = try self.offending(request)
                guard !offending.isEmpty else {
                    return Composed(files: files, fields: fields, remarks: remarks)
                }
                for field in offending.sorted() { try settle(field, observed) }
            }
        }
        throw Refusal(message: "no request was found that leaves it as it is")
    }

    private var files: [(suffix: String, bytes: [UInt8])] {
        let client = namesClient ? client : nil
        switch source {
        case .magnet(let link):
            return [("json", ImportDocument.render(source: link, client: client, fields: fields))]
        case .torrent(let bytes):
            guard client != nil || !fields.isEmpty else { return [("torrent", bytes)] }
            return [
                ("json", ImportDocument.render(source: nil, client: client, fields: fields)),
                ("torrent", bytes),
            ]
        }
    }

    /// A value that the server has and no request can ask for: the field is not managed.
    private mutating func leaveOut(for problem: Problem) throws(Refusal) {
        guard let name = problem.field, let field = Field(rawValue: String(name.prefix { $0 != "." })),
            fields[field] != nil, !overrides.contains(field)
        else { throw Refusal(message: "\(problem.code): \(problem.message)") }
        leaveOut(field, "\(field.rawValue) is left out: \(problem.message)")
    }

    private mutating func leaveOut(_ field: Field, _ remark: String) {
        fields[field] = nil
        remarks.append(remark)
    }

    /// The fields that the next pass would change, planned on what is there as it will be after the import.
    private func offending(_ request: Request) throws(Refusal) -> Set<Field> {
        guard request.wantedState != .absent else {
            throw Refusal(message: "the defaults of its folder ask for its absence")
        }
        return Set(plannedActions(request).map { $0.call.field ?? .tags })
    }

    private func plannedActions(_ request: Request) -> [Action] {
        var adopted = torrent
        adopted.placement.tags = Set(torrent.placement.tags + [rules.adoptedTag]).sorted()
        // While the server is busy with it nothing is compared; it will be.
        if torrent.state.isInTransit { adopted.state = .stalledDL }
        var picture = ClientPicture(coverage: .full, torrents: [adopted])
        picture.facts = facts
        var desired = DesiredState()
        desired.accept(request)
        return Planner.plan(
            desired: desired, observed: ObservedState(clients: [client: picture]), memory: Memory(),
            rules: rules, now: SystemClock().now()
        ).actions
    }

    /// What the request's own words would change is left out; what the defaults would is said otherwise.
    private mutating func settle(_ field: Field, _ observed: TorrentFields) throws(Refusal) {
        if fields[field] != nil, !overrides.contains(field) {
            return leaveOut(field, "\(field.rawValue) is left out: it would not stay as it is")
        }
        guard overrides.insert(field).inserted, let value = observed.value(of: field) else {
            throw Refusal(
                message:
                    "the defaults of its folder would change its \(field.rawValue); choose another folder "
                    + "(--into)")
        }
        fields[field] = value
        remarks.append("\(field.rawValue) is written because the defaults of its folder say something else")
    }
}
