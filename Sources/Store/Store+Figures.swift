internal import Metainfo
public import Reconciliation

extension Store {
    /// Figures for the summary. `mapUsed` counts the pages in use, not those that are free to be used again.
    public func figures() throws(StoreError) -> Summary.StoreFigures {
        let transaction = try ReadTransaction(in: environment)
        defer { extendLifetime(transaction) }
        let size = try environment.mapSize()
        let used = max(0, size.lastPage + 1 - (try transaction.rows.freePages()))
        let bytes = try DataFile(directory: environment.directory).size() ?? 0
        return Summary.StoreFigures(
            bytes: bytes, logFrom: try Self.logFrom(transaction.rows),
            mapUsed: Double(used) * Double(size.page) / Double(size.map))
    }

    /// Reads everything and looks whether it fits together.
    ///
    /// - Returns: What is wrong, as sentences; empty for a healthy store. A damaged record is a finding.
    /// - Throws: ``StoreError`` when the store cannot be read at all.
    public func selfCheck() throws(StoreError) -> [String] {
        let transaction = try ReadTransaction(in: environment)
        defer { extendLifetime(transaction) }
        return try SelfCheck.findings(in: transaction.rows)
    }
}
