public import Reconciliation
import Spool
import Store

/// What a person tells the next pass: `remove`, `retry`, `approve`. Works beside a running daemon.
public struct OperatorVerbs {
    private let installation: Installation

    public init(_ installation: Installation) { self.installation = installation }

    /// Deletes the request's files and says that a person did.
    public func remove(_ name: RequestName) throws {
        let writer = try RequestWriter(directory: installation.layout.requests)
        let box = OrderBox(directory: installation.layout.orders)
        guard try writer.exists(name) else { throw unknown(name) }
        let key = try known(name) ?? SubjectKey(client: Configuration.defaultClient, name: name)
        // The files first: a daemon that sees the order while they are there would find nothing to do for it.
        // After a crash in between the request is gone all the same, with grace.
        _ = try writer.delete(name)
        try box.write(.remove(key))
    }

    public func retry(_ name: RequestName) throws {
        guard let key = try known(name) else { throw unknown(name) }
        try OrderBox(directory: installation.layout.orders).write(.retry(key))
    }

    /// - Parameter word: The hold's kind, or `nil` for all that is held.
    /// - Returns: What was approved, a sentence each.
    public func approve(_ word: String?) throws -> [String] {
        var wanted: Hold.Kind?
        if let word {
            guard let kind = Hold.Kind(rawValue: word) else {
                let kinds = Hold.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(.usage, "there is no hold “\(word)”; the holds are \(kinds)")
            }
            guard kind != .spoolUnavailable else {
                throw Failure(.usage, "an unavailable spool cannot be approved: bring it back")
            }
            wanted = kind
        }
        let holds = try ReadOnlyStore.open(installation).recall().memory.holds.values
            .filter { $0.kind != .spoolUnavailable && (wanted == nil || $0.kind == wanted) }
            .sorted { $0.kind < $1.kind }
        guard !holds.isEmpty else { return ["nothing is held that could be approved"] }
        let box = OrderBox(directory: installation.layout.orders)
        for hold in holds { try box.write(.approve(hold.kind, shown: hold.digest)) }
        return holds.map { "approved \($0.kind.rawValue) for the next pass: \($0.message)" }
    }

    /// The subject of that name. Without a store, as before the first pass, nothing is known.
    private func known(_ name: RequestName) throws -> SubjectKey? {
        guard Store.exists(directory: installation.layout.store) else { return nil }
        return try ReadOnlyStore.open(installation).subject(named: name)?.key
    }

    private func unknown(_ name: RequestName) -> Failure {
        Failure(.usage, "there is no request “\(name)”; `qspool list` shows the names")
    }
}
