import Metainfo
public import Reconciliation
import Store

/// A torrent as it was observed at an instant.
public struct PastTorrent: Equatable, Sendable {
    public let place: ObservedKey
    /// With the counters as they were last seen before that instant.
    public let torrent: Torrent
}

/// What became of a torrent between two instants; all that happened in between and was undone is left out.
public struct PastDifference: Equatable, Sendable {
    public enum Kind: String, Sendable {
        /// It was not there before.
        case appeared
        /// It is no longer there, or no longer followed.
        case gone
        case changed
    }

    /// A field with its values as text; `nil` is none.
    public struct Field: Equatable, Sendable {
        public let name: String
        public let from: String?
        public let to: String?
    }

    public let kind: Kind
    /// As at the end; of one that is gone, as at the beginning.
    public let torrent: PastTorrent
    /// Where it changed: never empty then.
    public let fields: [Field]
}

/// Reads what was observed in the past. Works beside a daemon and never writes.
public struct PastView {
    private let installation: Installation

    public init(_ installation: Installation) { self.installation = installation }

    /// The torrents as of `instant`, by name.
    ///
    /// - Parameter instant: `nil` for what was observed last.
    /// - Throws: ``Failure`` with ``ExitCode/usage`` for an instant before the history; what a store throws.
    public func torrents(at instant: WallTime?) throws -> [PastTorrent] {
        let store = try ReadOnlyStore.open(installation)
        return Self.sorted(try Self.state(at: instant, store))
    }

    /// What changed from one instant to another, by name.
    ///
    /// - Parameter end: `nil` for what was observed last.
    /// - Throws: Like ``torrents(at:)``; also when the end is before the beginning.
    public func differences(from start: WallTime, to end: WallTime?) throws -> [PastDifference] {
        if let end, end < start { throw Failure(.usage, "--to \(end) is before --from \(start)") }
        let store = try ReadOnlyStore.open(installation)
        return Self.differences(try Self.state(at: start, store), try Self.state(at: end, store))
    }

    private static func state(at instant: WallTime?, _ store: Store) throws -> [ObservedKey: Torrent] {
        if let state = try store.observed(at: instant) { return state.torrents }
        // Before the first snapshot there is only what is recorded now.
        guard let instant else { return try store.recall().observed }
        guard let from = try store.historyFrom() else {
            throw Failure(
                .usage, "there is no history yet: it begins with the next pass that sees a change")
        }
        throw Failure(
            .usage, "the history reaches back to \(from) and not to \(instant); log.keep says how far it may")
    }

    static func differences(
        _ old: [ObservedKey: Torrent], _ new: [ObservedKey: Torrent]
    ) -> [PastDifference] {
        var gone = old.filter { new[$0.key] == nil }
        let aliases = Dictionary(
            gone.flatMap { place, torrent in
                torrent.identity.ids.map { (ObservedKey(client: place.client, id: $0), place) }
            }, uniquingKeysWith: { first, _ in first })
        var found: [PastDifference] = []
        for torrent in sorted(new) {
            let place = torrent.place
            // The same torrent, listed under another id by now: a hybrid whose metadata came.
            let other = torrent.torrent.identity.ids.lazy.compactMap {
                aliases[ObservedKey(client: place.client, id: $0)]
            }.first
            let before =
                old[place].map { (place, $0) }
                ?? other.flatMap { other in gone[other].map { (other, $0) } }
            guard let before else {
                found.append(PastDifference(kind: .appeared, torrent: torrent, fields: []))
                continue
            }
            gone[before.0] = nil
            var fields = ObservedChanges.differing(before.1, torrent.torrent).map { field in
                PastDifference.Field(
                    name: field.name, from: field.text(of: before.1), to: field.text(of: torrent.torrent))
            }
            if before.0.id != place.id {
                fields.insert(
                    PastDifference.Field(name: "hash", from: "\(before.0.id)", to: "\(place.id)"), at: 0)
            }
            guard !fields.isEmpty else { continue }
            found.append(PastDifference(kind: .changed, torrent: torrent, fields: fields))
        }
        found += sorted(gone).map { PastDifference(kind: .gone, torrent: $0, fields: []) }
        return found.sorted { isBefore($0.torrent, $1.torrent) }
    }

    private static func sorted(_ state: [ObservedKey: Torrent]) -> [PastTorrent] {
        state.map { PastTorrent(place: $0.key, torrent: $0.value) }.sorted(by: isBefore)
    }

    private static func isBefore(_ left: PastTorrent, _ right: PastTorrent) -> Bool {
        let (first, second) = (left.torrent.name.utf8, right.torrent.name.utf8)
        if first.elementsEqual(second) { return left.place < right.place }
        return first.lexicographicallyPrecedes(second)
    }
}
