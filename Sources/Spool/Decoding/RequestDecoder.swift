import JSON
import Metainfo
import Reconciliation

/// Reads a request out of the JSON object that a producer wrote (contract 2.2).
///
/// Strict on purpose: an unknown key, a wrong type or a value out of range rejects the whole request and says
/// where. Fields of the format that this version does not carry out are refused as `not-yet`, never ignored.
struct RequestDecoder {
    /// What can be told even of a request that is refused.
    struct Outline: Equatable {
        /// Whose it is; `nil` when it names a client that is not configured.
        var client: String?
        /// The `.torrent` in the same folder that it names as its source.
        var named: String?
    }

    let settings: SpoolSettings
    private let paths: PathRules
    private let names: NameRules

    init(settings: SpoolSettings) {
        self.settings = settings
        paths = PathRules(allowed: settings.allowedPaths)
        names = NameRules(ownTag: settings.ownTag)
    }

    /// - Parameter defaults: Those of all folders above, laid over each other.
    /// - Returns: The request, or the first problem in the order of the file.
    func decode(
        _ root: JSONNode, in bytes: [UInt8], defaults: RequestDefaults = .none
    ) -> Result<DecodedRequest, Problem> {
        do throws(Problem) {
            return .success(try request(root, bytes, defaults))
        } catch {
            return .failure(error)
        }
    }

    /// What can be told of a request whatever else is wrong with it.
    func outline(of root: JSONNode, defaults: RequestDefaults = .none) -> Outline {
        var outline = Outline(client: defaults.options.client ?? settings.client)
        guard case .object(let members) = root.value else { return outline }
        for member in members {
            let text: String? = if case .string(let text) = member.node.value { text } else { nil }
            switch RequestKey.known[member.key] {
            case .field(.client), .alias(.client):
                outline.client = text.flatMap { settings.knownClients.contains($0) ? $0 : nil }
            case .field(.source), .alias(.source):
                outline.named = outline.named ?? text.flatMap(Self.named)
            default: break
            }
        }
        return outline
    }

    private func request(
        _ root: JSONNode, _ bytes: [UInt8], _ defaults: RequestDefaults
    ) throws(Problem) -> DecodedRequest {
        let members = try members(of: root, bytes, what: "A request")
        try refuseRelease(root, bytes)
        let draft = try draft(members, bytes)
        var request = DecodedRequest(draft.options.over(defaults.options), client: settings.client)
        request.aliases = draft.aliases
        request.sources = draft.sources
        request.release = draft.release
        request.named = draft.named
        return request
    }

    func members(of root: JSONNode, _ bytes: [UInt8], what: String) throws(Problem) -> [JSONMember] {
        guard case .object(let members) = root.value else {
            throw FieldPlace(root, "", bytes).problem(
                "bad-json", "\(what) is one JSON object, and this is a \(root.value.typeName).",
                isField: false)
        }
        return members
    }

    /// Takes in all members of a file in their order.
    func draft(_ members: [JSONMember], _ bytes: [UInt8]) throws(Problem) -> RequestDraftBuilder {
        var draft = RequestDraftBuilder()
        for member in members {
            let place = FieldPlace(member.node, member.key, bytes)
            guard let key = RequestKey.known[member.key] else { throw unknown(member, bytes) }
            try take(key, member, place, into: &draft)
        }
        return draft
    }

    private func take(
        _ key: RequestKey, _ member: JSONMember, _ place: FieldPlace, into draft: inout RequestDraftBuilder
    ) throws(Problem) {
        switch key {
        case .ignored: return
        case .later(let field, let types): throw later(field, types, member, place)
        case .field(let field):
            try draft.claim(field, by: member.key, place)
            try set(field, place, in: &draft)
        case .alias(let field):
            try draft.claim(field, by: member.key, place, isAlias: true)
            try set(field, place, in: &draft)
        case .stoppedAlias:
            guard try place.flag() else { return }
            try draft.claim(.state, by: member.key, place, isAlias: true)
            draft.options.wishes[.state] = .text(WantedState.stopped.rawValue)
        case .limitAlias(let field):
            try draft.claim(field, by: member.key, place, isAlias: true)
            guard case .string = member.node.value else { throw LimitText.unitMissing(place) }
            try set(field, place, in: &draft)
        case .movieAlias:
            try draft.claimMovie(by: member.key, place)
            draft.options.labels["movie"] = try LabelRules.value(place)
        }
    }

    private func set(
        _ field: RequestField, _ place: FieldPlace, in draft: inout RequestDraftBuilder
    ) throws(Problem) {
        switch field {
        case .source:
            let (source, named) = try source(place)
            draft.sources = [source]
            draft.named = named
        case .client: draft.options.client = try client(place)
        case .state: draft.options.wishes[.state] = .text(try place.word(WantedState.self).rawValue)
        case .category: draft.options.wishes[.category] = .text(try names.category(place))
        case .tags: draft.options.wishes[.tags] = .list(try names.tags(place, &draft))
        case .savePath: draft.options.wishes[.savePath] = .text(try paths.path(place))
        case .autoTMM: draft.options.wishes[.autoTMM] = .flag(try place.flag())
        case .rename: draft.options.wishes[.rename] = .text(try rename(place))
        case .sequentialDownload: draft.options.wishes[.sequentialDownload] = .flag(try place.flag())
        case .firstLastPiecePrio: draft.options.wishes[.firstLastPiecePrio] = .flag(try place.flag())
        case .downloadLimit:
            draft.options.wishes[.downloadLimit] = .number(try LimitText.bytesPerSecond(place))
        case .uploadLimit: draft.options.wishes[.uploadLimit] = .number(try LimitText.bytesPerSecond(place))
        case .onDelete: draft.options.onDelete = try onDelete(place)
        case .labels: try LabelRules.add(place, to: &draft.options.labels)
        case .suspend: draft.options.isSuspended = try place.flag()
        }
    }
}
