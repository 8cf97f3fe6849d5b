import Reconciliation

/// A request file in the middle of being decoded: what it said so far, and which key said it, so that nothing
/// is said twice.
struct RequestBuilder {
    var options = RequestOptions()
    var sources: [RequestDraft.SourceText] = []
    var release: RequestDraft.ReleaseText?
    /// The `.torrent` in the same folder that one of the sources names.
    var named: String?
    /// Spellings of other tools, each as `alias → field`.
    var aliases: [String] = []
    private var said: [RequestField: String] = [:]
    /// Yes or no, as other tools put it about a field, and the key that said so.
    private var answers: [RequestField: (key: String, isYes: Bool)] = [:]

    /// Takes down that a key speaks about a field.
    ///
    /// - Throws: `duplicate-key` naming both, when another key did already.
    mutating func claim(
        _ field: RequestField, by place: FieldPlace, isAlias: Bool = false
    ) throws(Problem) {
        if let other = said.updateValue(place.key, forKey: field) {
            throw place.problem(
                "duplicate-key",
                "\(other) and \(place.key) say the same thing; only one of them can be there.")
        }
        if isAlias { aliases.append("\(place.key) → \(field.rawValue)") }
    }

    /// Takes down the answer that a key of another tool gives about a field. One that says nothing by itself
    /// (`paused: false`) still contradicts another spelling that does (`stopped: true`).
    ///
    /// - Throws: `duplicate-key` naming both, when another key gave the other answer.
    mutating func answer(_ field: RequestField, _ isYes: Bool, by place: FieldPlace) throws(Problem) {
        if let other = answers[field], other.isYes != isYes {
            throw place.problem(
                "duplicate-key",
                "\(other.key) and \(place.key) contradict each other; only one of them can be there.")
        }
        answers[field] = (place.key, isYes)
    }
}
