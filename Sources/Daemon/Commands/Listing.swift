public import Reconciliation
import Store

/// The order of `qspool list`.
public enum ListOrder: String, CaseIterable, Sendable {
    case name, phase, progress, size, updated
}

/// What `qspool list` is asked for.
public struct ListQuery {
    public var phases: Set<Phase> = []
    public var labels: [(key: String, value: String)] = []
    public var category: String?
    public var client: String?
    public var limit: Int?
    public var after: RequestName?
    public var order = ListOrder.name

    public init() {}
}

/// Lists requests: filters by what the store knows, then reads the status files of the page alone.
public struct Listing {
    private let installation: Installation

    public init(_ installation: Installation) { self.installation = installation }

    /// - Throws: What the store throws; ``Failure`` when `after` names nothing that is listed.
    public func rows(_ query: ListQuery) throws -> [StatusFile] {
        let store = try ReadOnlyStore.open(installation)
        var labelled: Set<SubjectKey>?
        for label in query.labels {
            let found = try store.subjects(label: label)
            labelled = labelled.map { $0.intersection(found) } ?? found
        }
        let subjects = try store.recall().memory.subjects.filter { key, memory in
            matches(key, memory, query) && labelled?.contains(key) ?? true
        }
        let names = subjects.keys.map(\.name).sorted()
        if query.order == .name {
            let rest = names.filter { name in query.after.map { name > $0 } ?? true }
            return rest.prefix(query.limit ?? .max).compactMap(read)
        }
        var rows = names.compactMap(read)
        sort(&rows, by: query.order)
        if let after = query.after {
            guard let index = rows.firstIndex(where: { RequestName($0.name) == after }) else {
                throw Failure(.usage, "--after names “\(after)”, which is not in this list")
            }
            rows.removeFirst(index + 1)
        }
        return Array(rows.prefix(query.limit ?? .max))
    }

    private func matches(_ key: SubjectKey, _ memory: SubjectMemory, _ query: ListQuery) -> Bool {
        guard let published = memory.published else { return false }
        return (query.phases.isEmpty || query.phases.contains(published.phase))
            && query.category.map { $0 == published.category } ?? true
            && query.client.map { $0 == key.client } ?? true
    }

    private func read(_ name: RequestName) -> StatusFile? {
        StatusFile.read(name, below: installation.layout.status)
    }

    // Equal ones stay in the order of their names.
    private func sort(_ rows: inout [StatusFile], by order: ListOrder) {
        let ranked = rows.enumerated().sorted { left, right in
            let (a, b) = (left.element, right.element)
            switch order {
            case .name: return left.offset < right.offset
            case .phase: return (a.phase, left.offset) < (b.phase, right.offset)
            case .progress: return (b.progress ?? -1, left.offset) < (a.progress ?? -1, right.offset)
            case .size: return (b.size ?? -1, left.offset) < (a.size ?? -1, right.offset)
            case .updated: return (b.updatedAt, left.offset) < (a.updatedAt, right.offset)
            }
        }
        rows = ranked.map(\.element)
    }
}

extension Store {
    /// The subject of a request, at whatever client it is. Of several, which an interrupted move may leave
    /// for a moment, one that still follows a torrent.
    func subject(named name: RequestName) throws -> (key: SubjectKey, memory: SubjectMemory)? {
        let standard = SubjectKey(client: Configuration.defaultClient, name: name)
        if let memory = try subject(standard), memory.following != nil { return (standard, memory) }
        let found = try recall().memory.subjects.filter { $0.key.name == name }.sorted { $0.key < $1.key }
        let best = found.first { $0.value.following != nil } ?? found.first
        return best.map { (key: $0.key, memory: $0.value) }
    }
}

/// The store for commands that only read.
enum ReadOnlyStore {
    static func open(_ installation: Installation) throws -> Store {
        guard Store.exists(directory: installation.layout.store) else {
            throw Failure(
                .configuration,
                "there is no store in \(installation.layout.store) yet: run `qspool init`, then `qspool once`"
            )
        }
        return try Store(
            directory: installation.layout.store,
            mapSizeMiB: installation.configuration.store.mapSizeMiB, mode: .readOnly)
    }
}
