import Reconciliation

/// A request file in the middle of being decoded: what it said so far, and which key said it, so that nothing
/// is said twice.
struct RequestDraftBuilder {
    var options = RequestOptions()
    var sources: [RequestDraft.SourceText] = []
    var release: RequestDraft.ReleaseText?
    /// The `.torrent` in the same folder that one of the sources names.
    var named: String?
    /// Spellings of other tools, each as `alias → field`.
    var aliases: [String] = []
    private var said: [RequestField: String] = [:]
    private var movieSaidBy: String?

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
        if isAlias { aliases.append("\(key) → \(field.rawValue)") }
    }

    mutating func claimMovie(by key: String, _ place: FieldPlace) throws(Problem) {
        if let movieSaidBy { throw twice(movieSaidBy, key, place) }
        if options.labels["movie"] != nil { throw twice("labels", key, place) }
        movieSaidBy = key
        aliases.append("\(key) → labels.movie")
    }

    private func twice(_ first: String, _ second: String, _ place: FieldPlace) -> Problem {
        place.problem(
            "duplicate-key", "\(first) and \(second) say the same thing; only one of them can be there.")
    }
}
