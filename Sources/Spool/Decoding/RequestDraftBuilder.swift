import Reconciliation

/// A request in the middle of being decoded: which key said what, so that nothing is said twice.
struct RequestDraftBuilder {
    var request: DecodedRequest
    private var said: [RequestField: String] = [:]
    private var movieSaidBy: String?

    init(request: DecodedRequest) { self.request = request }

    /// Takes down that a key speaks about a field.
    ///
    /// - Throws: `duplicate-key` naming both, when another key did already.
    mutating func claim(
        _ field: RequestField, by key: String, _ place: FieldPlace, isAlias: Bool = false
    ) throws(Problem) {
        if let other = said.updateValue(key, forKey: field) { throw twice(other, key, place) }
        if field == .labels, let movieSaidBy, place.hasMember("movie") {
            throw twice(movieSaidBy, key, place)
        }
        if isAlias { request.aliases.append("\(key) → \(field.rawValue)") }
    }

    mutating func claimMovie(by key: String, _ place: FieldPlace) throws(Problem) {
        if let movieSaidBy { throw twice(movieSaidBy, key, place) }
        if request.labels["movie"] != nil { throw twice("labels", key, place) }
        movieSaidBy = key
        request.aliases.append("\(key) → labels.movie")
    }

    private func twice(_ first: String, _ second: String, _ place: FieldPlace) -> Problem {
        place.problem(
            "duplicate-key", "\(first) and \(second) say the same thing; only one of them can be there.")
    }
}
