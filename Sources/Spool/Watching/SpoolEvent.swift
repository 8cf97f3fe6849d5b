/// What may have changed, gathered since the last one was taken. A hint: the scan is the truth.
public struct SpoolEvent: Equatable, Sendable {
    /// Files below `requests/` to look at again.
    public var paths: Set<String> = []
    /// A folder came, went or moved, events were lost, or the directory itself was replaced: scan everything.
    public var isEverything = false
    /// Something came into `orders/`.
    public var hasOrders = false

    public init() {}

    var isEmpty: Bool { paths.isEmpty && !isEverything && !hasOrders }

    /// The most paths that are kept apart; beyond it a full scan is cheaper.
    static let mostPaths = 10_000

    mutating func add(path: String) {
        guard !isEverything else { return }
        let (inserted, member) = paths.insert(path)
        // Two names of one spelling but of different bytes are one to a set of strings, and two to the file
        // system.
        if !inserted, !member.utf8.elementsEqual(path.utf8) { addEverything() }
        if paths.count > Self.mostPaths { addEverything() }
    }

    mutating func addEverything() {
        isEverything = true
        paths = []
    }

    mutating func merge(_ other: SpoolEvent) {
        if other.isEverything { addEverything() }
        for path in other.paths { add(path: path) }
        hasOrders = hasOrders || other.hasOrders
    }
}
