/// Whose a followed torrent is.
public enum Ownership: String, CaseIterable, Sendable {
    /// We added it and it carries our tag: it is ours.
    case added
    /// It was there before its request: followed, never pruned.
    case adopted
    /// We added it and a person took our tag off: followed like an adopted one, and the tag stays off.
    case disowned
}
