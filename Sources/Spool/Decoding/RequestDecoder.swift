import JSON
import Reconciliation

/// Reads a request out of the JSON object that a producer wrote (contract 2.2).
///
/// Strict on purpose: an unknown key, a wrong type or a value out of range rejects the whole request and says
/// where. Values of the format that this version does not carry out are refused as `not-yet`, never ignored.
///
/// Two forms are read: a request, and a search result as another program returned it, which carries nothing
/// of ours; to say more, it is put under `release`. A request may have both a `source` and a `release`: the
/// source comes first.
struct RequestDecoder {
    /// What can be told even of a request that is refused.
    struct Outline: Equatable {
        /// Whose it is; `nil` when it names a client that is not configured.
        var client: String?
        /// The `.torrent` in the same folder that it names as its source.
        var named: String?
    }

    let settings: SpoolSettings
    let paths: PathRules
    let names: NameRules

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
        // A mixture of both is refused; what it names is not to become a request of its own meanwhile.
        if let reader = ReleaseReader.ofFile(FieldPlace(root, "", [])), reader.requestMember == nil {
            return outline
        }
        guard case .object(let members) = root.value else { return outline }
        for member in members {
            switch RequestKey.known[member.key]?.field {
            case .client?:
                guard case .string(let name) = member.node.value, settings.knownClients.contains(name) else {
                    outline.client = nil
                    continue
                }
                outline.client = name
            case .source?: outline.named = outline.named ?? SourceRules.named(by: member.node)
            default: continue
            }
        }
        return outline
    }

    private func request(
        _ root: JSONNode, _ bytes: [UInt8], _ defaults: RequestDefaults
    ) throws(Problem) -> DecodedRequest {
        let file = FieldPlace(root, "", bytes)
        let members = try members(of: file, what: "A request")
        let draft: RequestBuilder
        if let reader = ReleaseReader.ofFile(file) {
            draft = try release(reader, bytes)
        } else {
            draft = try self.draft(members, bytes)
        }

        var options = draft.options.over(defaults.options)
        if let release = draft.release?.release {
            options.seed = options.seed.map { SeedRules.raise($0, to: release) }
        }
        try check(options, of: root, bytes)
        if let problem = unnamedClient(options.client) { throw problem }

        var request = DecodedRequest(options, client: settings.client)
        request.aliases = draft.aliases
        request.sources = draft.sources
        request.release = draft.release
        request.named = draft.named
        return request
    }

    /// A request that names no client means one that may not be there.
    func unnamedClient(_ name: String?) -> Problem? {
        guard name == nil, !settings.knownClients.contains(settings.client) else { return nil }
        let known = settings.knownClients.sorted().joined(separator: ", ")
        return Problem(
            code: "unknown-client",
            message: "The request names no client, and none is configured under the name \(settings.client), "
                + "which is meant then; name one by `client` (there is \(known)), here or in _defaults.json.")
    }

    func members(of file: FieldPlace, what: String) throws(Problem) -> [JSONMember] {
        guard case .object(let members) = file.node.value else {
            throw file.problem(
                "bad-json", "\(what) is one JSON object, and this is \(file.typeName).", isField: false)
        }
        return members
    }

    /// Takes in all members of a file in their order.
    func draft(_ members: [JSONMember], _ bytes: [UInt8]) throws(Problem) -> RequestBuilder {
        var draft = RequestBuilder()
        for member in members {
            guard let key = RequestKey.known[member.key] else { throw unknown(member, bytes) }
            let place = FieldPlace(member.node, member.key, bytes)
            switch key {
            case .ignored: continue
            case .field(.priority) where place.isText: try queue(asPriority: place, &draft)
            case .field(let field): try take(field, place, into: &draft)
            case .alias(let field): try take(field, place, isAlias: true, into: &draft)
            case .foreign(let reading): try take(reading, place, into: &draft)
            }
        }
        return draft
    }

    /// A file that *is* a search result.
    private func release(_ reader: ReleaseReader, _ bytes: [UInt8]) throws(Problem) -> RequestBuilder {
        var draft = RequestBuilder()
        if let member = reader.requestMember {
            throw FieldPlace(keyOf: member, bytes).problem(
                "unknown-field",
                "This file is a search result, and \(member.key) is a field of a request; put the search "
                    + "result under release to have both.")
        }
        draft.release = try reader.read(aliases: &draft.aliases)
        return draft
    }

    /// What only the request with its defaults can be held against.
    private func check(_ options: RequestOptions, of root: JSONNode, _ bytes: [UInt8]) throws(Problem) {
        if let stall = root["stall"], options.stall?.afterMilliseconds == nil {
            throw FieldPlace(stall, "stall", bytes).problem(
                "missing-field", "stall does not say after how long: it needs an after, such as \"6h\".")
        }
        guard options.labels.count <= LabelRules.most else {
            let place = FieldPlace(root["labels"] ?? root, "labels", bytes)
            throw place.problem(
                "bad-range", "With the defaults of its folder there are more than \(LabelRules.most) labels.")
        }
    }

    private func unknown(_ member: JSONMember, _ bytes: [UInt8]) -> Problem {
        FieldPlace(keyOf: member, bytes).problem(
            "unknown-field",
            "\(DisplayText.cut(member.key, to: 64)) is no field of a request; did you mean "
                + "\(RequestKey.nearest(to: member.key))?")
    }
}
