/// Who a torrent is: its v1 info-hash, its v2 info-hash, or both (a hybrid). Never neither.
///
/// Two identities mean the same torrent when any member matches; see ``overlaps(_:)``.
public struct TorrentIdentity: Hashable, Sendable, CustomStringConvertible {
    /// SHA-1 of the raw `info` bytes, when known.
    public let v1: InfoHash?
    /// SHA-256 of the raw `info` bytes, when known.
    public let v2: InfoHash?

    /// - Returns: `nil` when both are missing or one has the other's length.
    public init?(v1: InfoHash?, v2: InfoHash?) {
        guard v1 != nil || v2 != nil else { return nil }
        guard v1.map({ $0.version == .v1 }) ?? true, v2.map({ $0.version == .v2 }) ?? true else { return nil }
        self.v1 = v1
        self.v2 = v2
    }

    /// The identity of one info-hash.
    public init(_ hash: InfoHash) {
        v1 = hash.version == .v1 ? hash : nil
        v2 = hash.version == .v2 ? hash : nil
    }

    /// Every id under which a server may list this torrent: the v1 hash, the truncated v2 hash. One or two.
    public var ids: [TorrentID] { [v1?.truncated, v2?.truncated].compactMap { $0 } }

    /// The id under which a server that knows all of this identity lists it: truncated v2 before v1.
    public var preferredID: TorrentID { (v2 ?? any).truncated }

    /// Whether any member of one is a member of the other.
    public func overlaps(_ other: TorrentIdentity) -> Bool {
        ids.contains { other.ids.contains($0) }
    }

    /// What both know together. The receiver's members win.
    public func merging(_ other: TorrentIdentity) -> TorrentIdentity {
        TorrentIdentity(known: v1 ?? other.v1, v2 ?? other.v2)
    }

    /// The v1 hash where there is one, else the v2 hash.
    public var description: String { any.description }

    /// Members that come from identities, so that one is there and each has its length.
    private init(known v1: InfoHash?, _ v2: InfoHash?) {
        self.v1 = v1
        self.v2 = v2
    }

    /// The v1 hash where there is one, else the v2 hash.
    private var any: InfoHash {
        guard let hash = v1 ?? v2 else { preconditionFailure("an identity is never neither") }
        return hash
    }
}
