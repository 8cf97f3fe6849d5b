import JSON
public import Reconciliation

/// Writes `summary.json`: the whole spool at a glance.
public enum SummaryWriter {
    /// The name of the file below the root.
    public static let fileName = "summary.json"

    /// The most names that a hold lists, and the most problems; the message says how many there are.
    private static let longestList = 100

    /// The file's content: the contract's members in the contract's order.
    public static func render(_ summary: Summary, updatedAt: WallTime) -> [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginObject()
        writer.field("schema", 1)
        writer.field("version", summary.version)
        writer.field("updatedAt", updatedAt.description)
        requests(summary.phases, &writer)
        writer.field("converged", finite(summary.converged))
        holds(summary.holds, &writer)
        problems(summary.problems, &writer)
        clients(summary.clients, &writer)
        lastPass(summary.lastPass, &writer)
        store(summary.store, &writer)
        writer.endObject()
        return writer.bytes + [10]
    }

    /// Writes the file in the root directory, unless the one that is there says the same but for `updatedAt`.
    ///
    /// - Returns: Whether it was written.
    /// - Throws: ``SpoolError``; the old file is then what it was.
    public static func publish(
        _ summary: Summary, updatedAt: WallTime, in root: String
    ) throws(SpoolError) -> Bool {
        let bytes = render(summary, updatedAt: updatedAt)
        do throws(SystemFailure) {
            let directory = try Directory(path: try PathText.resolvingParents(root))
            if let old = try read(in: directory),
                RenderedText.areEqual(old, bytes, without: RenderedText.ofSummary)
            {
                return false
            }
            try AtomicFile.write(bytes, name: fileName, in: directory, mode: 0o640, durable: false)
            return true
        } catch {
            throw SpoolError("cannot write \(fileName) in \(DisplayText.of(root))", error)
        }
    }

    static func read(in directory: Directory) throws(SystemFailure) -> [UInt8]? {
        do throws(SystemFailure) {
            let file = try directory.file(fileName)
            let facts = try file.facts()
            guard facts.kind == .regular else { return nil }
            let limit = 4 * 1_048_576
            let bytes = try file.read(limit: limit, facts: facts)
            return bytes.count > limit ? nil : bytes
        } catch {
            if error.isMissing || error.isNoFolder || error.isUnopenable { return nil }
            throw error
        }
    }

    private static func requests(_ phases: [Phase: Int], _ writer: inout JSONWriter) {
        writer.key("requests")
        writer.beginObject()
        // Removed ones are only remembered for a while.
        writer.field("total", phases.values.reduce(0, +) - phases[.removed, default: 0])
        writer.key("phases")
        writer.beginObject()
        for phase in Phase.allCases {
            if let count = phases[phase], count > 0 { writer.field(phase.rawValue, count) }
        }
        writer.endObject()
        writer.endObject()
    }

    private static func holds(_ holds: [Hold], _ writer: inout JSONWriter) {
        writer.key("holds")
        writer.beginArray()
        for hold in holds.sorted(by: { $0.kind < $1.kind }) {
            writer.beginObject()
            writer.field("kind", hold.kind.rawValue)
            writer.field("since", hold.since.description)
            writer.field("message", DisplayText.cut(hold.message))
            writer.field("names", hold.names.prefix(longestList).map { DisplayText.cut($0.text) })
            writer.field("lift", DisplayText.cut(hold.lift))
            writer.endObject()
        }
        writer.endArray()
    }

    private static func problems(_ problems: [SpoolProblem], _ writer: inout JSONWriter) {
        writer.key("problems")
        writer.beginArray()
        for problem in problems.prefix(longestList) {
            writer.beginObject()
            writer.field("path", DisplayText.cut(problem.path))
            writer.field("code", problem.code)
            writer.field("message", DisplayText.cut(problem.message))
            writer.endObject()
        }
        writer.endArray()
    }

    private static func clients(_ clients: [String: Summary.Client], _ writer: inout JSONWriter) {
        writer.key("clients")
        writer.beginObject()
        for (name, client) in clients.sorted(by: { $0.key < $1.key }) {
            writer.key(DisplayText.cut(name))
            writer.beginObject()
            writer.field("reachable", client.isReachable)
            writer.field("version", client.facts.map { DisplayText.cut($0.version) })
            writer.field("webapi", client.facts.map { DisplayText.cut($0.webAPI) })
            writer.field("freeSpace", client.facts?.freeSpace)
            writer.field("lastGoodObservation", client.lastGoodObservation.map(\.description))
            writer.field("lastError", client.lastError.map { DisplayText.cut($0) })
            writer.endObject()
        }
        writer.endObject()
    }

    private static func lastPass(_ pass: Summary.LastPass, _ writer: inout JSONWriter) {
        writer.key("lastPass")
        writer.beginObject()
        writer.field("at", pass.at.description)
        writer.field("duration", finite(pass.duration))
        writer.field("calls", pass.calls)
        writer.field("actions", pass.actions)
        writer.field("commits", pass.commits)
        writer.field("filesWritten", pass.filesWritten)
        writer.endObject()
    }

    private static func store(_ store: Summary.StoreFigures, _ writer: inout JSONWriter) {
        writer.key("store")
        writer.beginObject()
        writer.field("bytes", store.bytes)
        writer.field("logFrom", store.logFrom.map(\.description))
        writer.field("mapUsed", finite(store.mapUsed))
        writer.endObject()
    }

    private static func finite(_ number: Double) -> Double { number.isFinite ? number : 0 }
}
