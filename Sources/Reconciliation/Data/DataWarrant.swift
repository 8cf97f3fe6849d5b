public import Metainfo

/// Leave to delete the data of a torrent, as far as the pictures of a pass can give it: the request and the
/// configuration say so, the torrent is ours, and nothing of it was there before.
///
/// Only this file makes one. It is no permit yet: what the server's own lists show right before the call
/// decides.
public struct DataWarrant: Hashable, Sendable {
    private let trace: DataTrace
    private let tag: String
    private let isAbandoned: Bool

    private init(_ trace: DataTrace, tag: String, isAbandoned: Bool) {
        self.trace = trace
        self.tag = tag
        self.isAbandoned = isAbandoned
    }

    /// What forbids to delete the data, as far as what is remembered tells; `nil`: nothing.
    public static func objection(to following: Following, rules: Rules) -> DataRule? {
        guard rules.prune.allowData else { return .notAllowed }
        guard following.ownership == .added else { return .notOurs }
        guard let trace = following.data.trace else { return .unseen }
        if trace.skipsCheck { return .unchecked }
        if trace.places.contains(where: { $0.names == .free([]) }) { return .existed }
        switch trace.firstCheck {
        case .unseen: return .unseen
        case .something: return .existed
        case .nothing: break
        }
        return nil
    }

    /// - Parameters:
    ///   - following: The torrent that goes, as it is remembered.
    ///   - torrent: The same as it was observed.
    static func wish(_ following: Following, _ torrent: Torrent, rules: Rules) -> DataWish {
        guard rules.prune.allowData else { return .stay(.notAllowed) }
        guard torrent.hasMetadata else { return .stay(.none) }
        if let rule = objection(to: following, rules: rules) { return .stay(rule) }
        guard let trace = following.data.trace else { return .stay(.unseen) }
        guard torrent.placement.tags.contains(rules.tag) else { return .stay(.notOurs) }
        if following.data.isAbandoned, torrent.counters.progress > 0 { return .stay(.complete) }
        let present = [torrent.placement.savePath, torrent.placement.downloadPath ?? ""]
        guard trace.places.contains(where: { present.contains($0.directory) }) else {
            return .stay(trace.places.isEmpty && !trace.hasMoved ? .unseen : .moved)
        }
        return .go(DataWarrant(trace, tag: rules.tag, isAbandoned: following.data.isAbandoned))
    }
}

/// A file of a torrent as the server lists it.
public struct DataFile: Hashable, Sendable {
    /// Below the directory in which the torrent lies.
    public let path: String
    /// 0…1.
    public let progress: Double

    public init(path: String, progress: Double) {
        self.path = path
        self.progress = progress
    }
}

/// A torrent with its files.
public struct DataNeighbour: Sendable {
    public let torrent: Torrent
    public let files: [DataFile]

    public init(torrent: Torrent, files: [DataFile]) {
        self.torrent = torrent
        self.files = files
    }
}

/// What a look at the files of a torrent found on this machine.
public struct DataSight: Hashable, Sendable {
    /// See ``DataTrace/Place/ground``.
    public var ground: UInt64
    /// Those of the paths asked about that are there.
    public var seen: Set<String>

    public init(ground: UInt64, seen: Set<String>) {
        self.ground = ground
        self.seen = seen
    }
}

/// Looks for files below a directory of the server; `nil` when it cannot be seen from here.
public typealias DataLook = @Sendable (_ directory: String, _ paths: [String]) -> DataSight?

/// Leave to delete the data of a torrent with it, now. Only ``DataWarrant/permit(_:others:look:)`` makes one,
/// after every condition.
public struct DataPermit: Sendable {
    /// The torrent to call by.
    public let id: TorrentID
    private let placement: Torrent.Placement

    fileprivate init(_ torrent: Torrent) {
        id = torrent.id
        placement = torrent.placement
    }

    /// Whether the torrent lies where it did when it was judged.
    public func holds(for torrent: Torrent) -> Bool {
        torrent.id == id && torrent.placement.savePath == placement.savePath
            && torrent.placement.downloadPath == placement.downloadPath
            && torrent.placement.contentPath == placement.contentPath && torrent.state != .moving
    }
}

extension DataWarrant {
    /// Files that are looked for at once on this machine.
    private static let mostLooks = 1_000

    /// Judges the torrent by what the server lists right before the call.
    ///
    /// - Parameters:
    ///   - own: The torrent with its files.
    ///   - others: Every torrent for which ``mayShare(_:with:)`` holds, with its files.
    ///   - look: Whether this machine sees its files where they should be: whoever sees none of them cannot
    ///     have seen what was there before.
    public func permit(
        _ own: DataNeighbour, others: [DataNeighbour], look: DataLook
    ) -> Result<DataPermit, DataRule> {
        guard own.torrent.placement.tags.contains(tag) else { return .failure(.notOurs) }
        guard !own.files.isEmpty else { return .failure(.none) }
        let begun = own.files.filter { $0.progress > 0 }
        if isAbandoned, !begun.isEmpty || own.torrent.counters.progress > 0 { return .failure(.complete) }
        guard let place = trace.places.first(where: { own.lies(in: $0.directory) }) else {
            return .failure(.moved)
        }
        guard own.tops.allSatisfy({ place.names.isFree($0) }) else { return .failure(.existed) }
        let paths = (begun.isEmpty ? own.files : begun).prefix(Self.mostLooks).map(\.path)
        guard let sight = look(place.directory, paths), sight.ground == place.ground,
            begun.isEmpty ? !sight.seen.isEmpty : sight.seen.isSuperset(of: paths)
        else { return .failure(.unseen) }
        let paper = Set(own.files.map { PathForm.of($0.path, below: place.directory) })
        guard others.allSatisfy({ paper.isDisjoint(with: $0.everyPath) }) else { return .failure(.shared) }
        return .success(DataPermit(own.torrent))
    }

    /// Whether a torrent could use files of another by what the listing says: its files are asked for then.
    ///
    /// The content path is the one folder or file that holds all of a torrent. Where it is not told, all
    /// below its directories may be its own. A torrent without metadata has no files.
    public static func mayShare(_ other: Torrent, with own: DataNeighbour) -> Bool {
        guard other.id != own.torrent.id, other.hasMetadata else { return false }
        return own.torrent.placement.mayOverlap(other.placement)
    }
}

extension DataNeighbour {
    /// The first components of its files' paths.
    fileprivate var tops: Set<String> {
        Set(files.map { $0.path.split(separator: "/", maxSplits: 1).first.map(String.init) ?? $0.path })
    }

    /// Whether it lies in the directory: what the server calls its content path must agree, where it tells.
    fileprivate func lies(in directory: String) -> Bool {
        let placement = torrent.placement
        guard [placement.savePath, placement.downloadPath ?? ""].contains(directory) else { return false }
        guard !placement.contentPath.isEmpty else { return directory == placement.savePath }
        let content = placement.contentPath
        if files.count == 1, content == directory + "/" + files[0].path { return true }
        let isFolder = files.allSatisfy { $0.path.utf8.contains(UInt8(ascii: "/")) }
        guard isFolder, let top = tops.first, tops.count == 1 else { return content == directory }
        return content == directory + "/" + top
    }

    /// Where its files are or may come to be.
    fileprivate var everyPath: Set<String> {
        let placement = torrent.placement
        let directories = [placement.savePath, placement.downloadPath ?? ""].filter { !$0.isEmpty }
        return Set(directories.flatMap { directory in files.map { PathForm.of($0.path, below: directory) } })
    }
}

extension Torrent.Placement {
    /// Whether files of both may be the same, by where they lie.
    func mayOverlap(_ other: Torrent.Placement) -> Bool {
        let regions = other.regions
        return self.regions.contains { own in
            regions.contains { PathForm.contains(own, $0) || PathForm.contains($0, own) }
        }
    }

    /// The same with paths that another map leads to.
    func mapped(_ map: (String) -> String) -> Torrent.Placement {
        var copy = self
        copy.savePath = map(savePath)
        copy.downloadPath = downloadPath.map { $0.isEmpty ? "" : map($0) }
        copy.contentPath = contentPath.hasPrefix("/") ? map(contentPath) : contentPath
        return copy
    }

    /// Folders and files that hold all of its data, now and when it has come to where it belongs.
    fileprivate var regions: [String] {
        let directories = [savePath, downloadPath ?? ""].filter { !$0.isEmpty }.map { PathForm.of($0) }
        let content = PathForm.of(contentPath)
        let inner = directories.filter { PathForm.contains($0, content) }.map { content.dropFirst($0.count) }
        // The server moves it, or does not tell where in its directories it is.
        guard contentPath.hasPrefix("/"), !inner.isEmpty else {
            return directories + (contentPath.hasPrefix("/") ? [content] : [])
        }
        return directories.flatMap { directory in inner.map { PathForm.of(directory + "/" + $0) } }
            + [content]
    }
}

/// Paths as they are compared where a mistake would cost data: without regard to cases of letters and to
/// slashes that mean nothing, because some file systems have neither.
private enum PathForm {
    static func of(_ path: String) -> String {
        "/" + path.lowercased().split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    static func of(_ path: String, below directory: String) -> String { of(directory + "/" + path) }

    /// Whether a path that has the form is another or holds it.
    static func contains(_ outer: String, _ inner: String) -> Bool {
        outer == inner || outer == "/" || inner.hasPrefix(outer + "/")
    }
}
