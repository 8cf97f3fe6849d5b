import JSON
import Reconciliation

extension RequestDecoder {
    /// Takes in what a key of another tool says with values of its own. A value that says nothing is as if
    /// the key were not there.
    func take(
        _ reading: ForeignReading, _ place: FieldPlace, into draft: inout RequestBuilder
    ) throws(Problem) {
        switch reading {
        case .stopped: try say(reading, .text(WantedState.stopped.rawValue), if: true, place, &draft)
        case .topOfQueue: try say(reading, .text(QueuePosition.top.rawValue), if: true, place, &draft)
        case .usesDownloadPath: try say(reading, .text(""), if: false, place, &draft)
        case .operatingMode:
            guard try place.word(of: ForeignReading.modes) == "Forced" else { return }
            try draft.claim(.forceStart, by: place, isAlias: true)
            draft.options.wishes[.forceStart] = .flag(true)
        case .limitText(let field):
            guard place.isText else { throw LimitText.unitMissing(place) }
            try take(field, place, isAlias: true, into: &draft)
        case .movie: try take(.labelsMovie, place, isAlias: true, into: &draft)
        case .ratio, .minutes: try takeGoal(reading.field, place, &draft)
        case .limitAction:
            guard let then = try SeedRules.action(place) else { return }
            try draft.claim(.seedThen, by: place, isAlias: true)
            var goals = draft.options.seed ?? SeedGoals()
            goals.then = then
            draft.options.seed = goals
        }
    }

    /// The places in the queue that other tools call a priority.
    func queue(asPriority place: FieldPlace, _ draft: inout RequestBuilder) throws(Problem) {
        let text = try place.text()
        guard let found = ForeignReading.queueWords.first(where: { $0.word == text }) else {
            throw place.problem(
                "bad-range",
                "\(place.key) is a whole number, or as text a place in the queue: "
                    + ForeignReading.queueWords.map(\.word).joined(separator: ", ") + ".")
        }
        try draft.claim(.queue, by: place, isAlias: true)
        draft.options.wishes[.queue] = .text(found.position.rawValue)
    }

    /// A flag of which only one value says something.
    private func say(
        _ reading: ForeignReading, _ value: FieldValue, if wanted: Bool, _ place: FieldPlace,
        _ draft: inout RequestBuilder
    ) throws(Problem) {
        let isSaid = try place.flag() == wanted
        try draft.answer(reading.field, isSaid, by: place)
        guard isSaid, let field = Field(rawValue: reading.field.rawValue) else { return }
        try draft.claim(reading.field, by: place, isAlias: true)
        draft.options.wishes[field] = value
    }

    private func takeGoal(
        _ field: RequestField, _ place: FieldPlace, _ draft: inout RequestBuilder
    ) throws(Problem) {
        switch SeedRules.Wire(place) {
        case .unsaid: return
        case .unlimited: try take(field, place.saying(.null), isAlias: true, into: &draft)
        case nil: try take(field, place, isAlias: true, into: &draft)
        }
    }
}
