import Daemon
import Metainfo
import Reconciliation
import Testing

/// What a scenario asks its stage, and what its person does.
extension Stage {
    // MARK: Facts

    /// The torrent of a label, as a person sees it.
    func torrent(_ label: String) async throws -> Torrent? {
        let identity = try cargo(label).identity
        return try await person.torrents().first { $0.identity.overlaps(identity) }
    }

    /// The torrent of a label, which must be there.
    func seen(_ label: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> Torrent {
        try #require(try await torrent(label), "\(label) is not there", sourceLocation: sourceLocation)
    }

    func has(_ label: String) async throws -> Bool { try await torrent(label) != nil }

    /// What a person sees of a field of the torrent of a label.
    func value(_ field: Field, of label: String) async throws -> FieldValue? {
        try await torrent(label)?.value(of: field)
    }

    func status(_ name: String) -> RequestStatus? { publication.status(name) }

    func phase(_ name: String) -> Phase? { status(name)?.phase }

    func reason(_ name: String) -> String? { status(name)?.reason }

    func conditions(_ name: String) -> Set<Condition.Kind> {
        Set(status(name)?.conditions.filter(\.isTrue).map(\.kind) ?? [])
    }

    func isInSync(_ name: String) -> Bool { conditions(name).contains(.inSync) }

    func ownership(_ name: String) -> Ownership? { store.subject(name)?.following?.ownership }

    var holds: [Hold.Kind] { report.holds.map(\.kind) }

    /// The log's changes of a kind about a request.
    func changes(_ kind: Change.Kind, of name: String? = nil) -> [Change] { store.changes(kind, of: name) }

    /// How often a torrent was acknowledged to be added for a request.
    func adds(of name: String) -> Int { changes(.added, of: name).count }

    // MARK: A person

    func make(_ call: Call, of label: String) async throws { try await person.make(call, of: id(label)) }

    /// Somebody adds a torrent by hand.
    func addByHand(
        _ label: String, tags: [String] = [], isStopped: Bool = true
    ) async throws {
        try await person.add(
            cargo(label), tags: tags, savePath: path("by-hand"), isStopped: isStopped)
    }

    func removeByHand(_ labels: String...) async throws {
        try await person.delete(labels.map { try id($0) })
    }

    /// All of a torrent's content lies below a save path, whoever put it there.
    func place(_ label: String, in name: String) async throws {
        try await person.place(cargo(label), in: path(name))
    }
}
