import JSON
import Reconciliation

extension RequestDecoder {
    /// What `priority` may be.
    static let priorities: ClosedRange<Int64> = -1_000_000...1_000_000

    /// Takes in what a key says about a field.
    func take(
        _ field: RequestField, _ place: FieldPlace, isAlias: Bool = false, into draft: inout RequestBuilder
    ) throws(Problem) {
        try draft.claim(field, by: place, isAlias: isAlias)
        if let managed = Field(rawValue: field.rawValue), let value = try value(of: managed, place, &draft) {
            draft.options.wishes[managed] = value
        } else if let parent = field.parent {
            try set(field, of: parent, place, &draft.options)
        } else {
            try set(field, place, &draft)
        }
    }

    /// The value of a field that manages one aspect of the torrent; `nil` for those with members.
    private func value(
        of field: Field, _ place: FieldPlace, _ draft: inout RequestBuilder
    ) throws(Problem) -> FieldValue? {
        switch field {
        case .state: .text(try place.word(WantedState.self).rawValue)
        case .category: .text(try names.category(place))
        case .tags: .list(try names.tags(place, &draft))
        case .savePath: .text(try paths.path(place))
        case .downloadPath: .text(try paths.path(place, mayBeEmpty: true))
        case .rename: .text(try rename(place))
        case .contentLayout: .text(try place.word(ContentLayout.self, inAnyCase: true).rawValue)
        case .queue: .text(try place.word(QueuePosition.self).rawValue)
        case .autoTMM, .skipChecking, .sequentialDownload, .firstLastPiecePrio, .forceStart, .superSeeding:
            .flag(try place.flag())
        case .downloadLimit, .uploadLimit: .number(try LimitText.bytesPerSecond(place))
        case .seed, .files: nil
        }
    }

    private func set(
        _ field: RequestField, _ place: FieldPlace, _ draft: inout RequestBuilder
    ) throws(Problem) {
        switch field {
        case .source: try SourceRules.read(place, into: &draft)
        case .release:
            guard let reader = ReleaseReader(place) else { throw place.wrongType("an object") }
            draft.release = try reader.read(aliases: &draft.aliases)
        case .seed:
            draft.options.seed = draft.options.seed ?? SeedGoals()
            try takeMembers(of: field, place, &draft)
        case .files:
            draft.options.files = draft.options.files ?? RequestOptions.Files()
            try takeMembers(of: field, place, &draft)
        case .stall: try takeMembers(of: field, place, &draft)
        case .labels: try labels(place, &draft)
        case .client: draft.options.client = try client(place)
        case .onDelete: draft.options.onDelete = try place.word(OnDelete.self)
        case .onVanish: draft.options.onVanish = try place.word(OnVanish.self)
        case .notBefore: draft.options.notBefore = try instant(place)
        case .giveUpAfter: draft.options.giveUpAfterMilliseconds = try DurationText.milliseconds(place)
        case .priority: draft.options.priority = try place.integer(Self.priorities)
        case .suspend: draft.options.isSuspended = try place.flag()
        default: preconditionFailure("\(field.rawValue) is decoded elsewhere")
        }
    }

    private func set(
        _ member: RequestField, of parent: RequestField, _ place: FieldPlace, _ options: inout RequestOptions
    ) throws(Problem) {
        var seed = options.seed ?? SeedGoals()
        var files = options.files ?? RequestOptions.Files()
        var stall = options.stall ?? RequestOptions.Stalling()
        switch member {
        case .seedRatio: seed.ratio = try SeedRules.ratio(place)
        case .seedTime: seed.time = try SeedRules.minutes(place)
        case .seedInactiveTime: seed.inactiveTime = try SeedRules.minutes(place)
        case .seedThen: seed.then = try place.word(SeedGoals.Consequence.self)
        case .filesInclude: files.include = try FileRules.patterns(place)
        case .filesExclude: files.exclude = try FileRules.patterns(place)
        case .stallAfter: stall.afterMilliseconds = try DurationText.milliseconds(place)
        case .stallThen: stall.then = try place.word(Stall.Consequence.self)
        case .labelsMovie: options.labels["movie"] = try LabelRules.value(place)
        default: preconditionFailure("\(member.rawValue) is no member")
        }
        switch parent {
        case .seed: options.seed = seed
        case .files: options.files = files
        case .stall: options.stall = stall
        default: break
        }
    }

    private func takeMembers(
        of field: RequestField, _ place: FieldPlace, _ draft: inout RequestBuilder
    ) throws(Problem) {
        for member in try place.members() {
            guard let known = field.members.first(where: { $0.name == member.key }) else {
                let key = place.keyOfMember(member)
                let nearest = RequestKey.nearest(to: member.key, in: field.members) ?? field
                throw key.problem(
                    "unknown-field",
                    "\(DisplayText.cut(key.key, to: 64)) is no field of a request; did you mean "
                        + "\(nearest.rawValue)?")
            }
            try take(known, place.member(member), into: &draft)
        }
    }

    private func labels(_ place: FieldPlace, _ draft: inout RequestBuilder) throws(Problem) {
        for member in try place.members() where member.key == RequestField.labelsMovie.name {
            try draft.claim(.labelsMovie, by: place.member(member))
        }
        try LabelRules.add(place, to: &draft.options.labels)
    }
}

extension RequestDecoder {
    private func client(_ place: FieldPlace) throws(Problem) -> String {
        let name = try place.text("the name of a client")
        guard settings.knownClients.contains(name) else {
            let known = settings.knownClients.sorted().joined(separator: ", ")
            throw place.problem(
                "unknown-client",
                "No client is configured under the name \(DisplayText.cut(name, to: 64)); there is \(known).")
        }
        return name
    }

    private func rename(_ place: FieldPlace) throws(Problem) -> String {
        if place.isNull { throw emptyRename(place) }
        let name = try place.text()
        guard name.utf8.contains(where: { $0 != 32 }) else { throw emptyRename(place) }
        guard !DisplayText.hasControl(name) else {
            throw place.problem("bad-range", "\(place.key) holds control characters.")
        }
        guard name.utf8.first != 32, name.utf8.last != 32 else {
            throw place.problem(
                "bad-range", "\(place.key) begins or ends with a space, which servers take off.")
        }
        return name
    }

    private func emptyRename(_ place: FieldPlace) -> Problem {
        place.problem(
            "bad-range",
            "A torrent always has a name, so \(place.key) cannot be empty; leave it out to leave the "
                + "name alone.")
    }

    private func instant(_ place: FieldPlace) throws(Problem) -> WallTime {
        let text = try place.text("a time such as \"2026-12-01T18:00:00Z\"", limit: 64)
        if let time = WallTime(rfc3339: text) { return time }
        guard WallTime(rfc3339: text + "Z") == nil else {
            throw place.problem(
                "bad-range",
                "\(place.key) could mean UTC or local time; write it with its zone, Z or such as +01:00.")
        }
        throw place.problem(
            "bad-range",
            "\(place.key) is a time as RFC 3339 writes it, such as \"2026-12-01T18:00:00Z\" or with +01:00.")
    }
}
