import JSON
import Metainfo
public import Reconciliation

/// The directory `orders/`: what a person told the next pass through `approve`, `retry` and `remove`.
///
/// One JSON file an order, written whole and durable, with a name by chance; deleted when the pass that
/// obeyed it is durable. Only the owner may write there.
public struct OrderBox: Sendable {
    /// The most orders that one reading takes.
    private static let most = 10_000
    /// Unit: bytes.
    private static let largest = 16_384

    private let path: String

    /// - Parameter directory: Made (0700) when the first order is written.
    public init(directory: String) { path = directory }

    /// - Throws: ``SpoolError``; no order was given then.
    public func write(_ kind: Order.Kind) throws(SpoolError) {
        do throws(SystemFailure) {
            let (parent, name) = PathText.split(path)
            let directory = try Directory(path: parent).folder(name, creatingWithMode: 0o700, isExact: true)
            try AtomicFile.write(
                Self.render(kind), name: RandomText.hex(bytes: 8) + ".json", in: directory, mode: 0o600,
                durable: true)
        } catch {
            throw SpoolError("cannot write an order in \(DisplayText.of(path))", error)
        }
    }

    /// The orders that are there, oldest first, and what could not be understood.
    ///
    /// - Throws: ``SpoolError`` when the directory is there and cannot be listed.
    public func read() throws(SpoolError) -> (orders: [Order], problems: [SpoolProblem]) {
        var found: [(modified: Int64, order: Order)] = []
        var problems: [SpoolProblem] = []
        do throws(SystemFailure) {
            let directory = try Directory(path: path)
            for bytes in try directory.names().prefix(Self.most) where bytes.first != UInt8(ascii: ".") {
                switch try Self.read(bytes, in: directory) {
                case .order(let order, let modified): found.append((modified, order))
                case .garbled: problems.append(Self.notUnderstood(bytes))
                case .vanished: break
                }
            }
        } catch {
            if error.isMissing { return ([], []) }
            throw SpoolError("cannot read the orders in \(DisplayText.of(path))", error)
        }
        found.sort { ($0.modified, $0.order.file) < ($1.modified, $1.order.file) }
        return (found.map(\.order), problems)
    }

    /// Deletes orders that were obeyed. One that is not there is no error.
    public func delete(_ files: [String]) throws(SpoolError) {
        guard !files.isEmpty else { return }
        do throws(SystemFailure) {
            let directory = try Directory(path: path)
            for file in files {
                do throws(SystemFailure) {
                    try directory.remove(file)
                } catch {
                    if !error.isMissing { throw error }
                }
            }
            try directory.sync()
        } catch {
            throw SpoolError("cannot delete an order in \(DisplayText.of(path))", error)
        }
    }

    private enum Found {
        case order(Order, modified: Int64)
        case garbled
        /// Obeyed and deleted by another process meanwhile.
        case vanished
    }

    private static func read(_ bytes: [UInt8], in directory: Directory) throws(SystemFailure) -> Found {
        guard let name = String(validating: bytes, as: UTF8.self) else { return .garbled }
        do throws(SystemFailure) {
            let file = try directory.file(name)
            let facts = try file.facts()
            guard facts.kind == .regular else { return .garbled }
            let bytes = try file.read(limit: largest, facts: facts)
            guard bytes.count <= largest, let kind = parse(bytes) else { return .garbled }
            return .order(Order(file: name, kind: kind), modified: facts.stamp.modified)
        } catch {
            if error.isMissing { return .vanished }
            if error.isNoFolder || error.isUnopenable { return .garbled }
            throw error
        }
    }

    private static func notUnderstood(_ name: [UInt8]) -> SpoolProblem {
        SpoolProblem(
            path: "orders/" + DisplayText.of(name), code: "bad-order",
            message: "this is no order of qspool; it is ignored")
    }

    private static func render(_ kind: Order.Kind) -> [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginObject()
        writer.field("schema", 1)
        switch kind {
        case .approve(let hold, let shown):
            writer.field("order", "approve")
            writer.field("hold", hold?.rawValue)
            writer.field("shown", shown.map(Hex.encode))
        case .retry(let key): render("retry", key, &writer)
        case .remove(let key): render("remove", key, &writer)
        }
        writer.endObject()
        return writer.bytes + [10]
    }

    private static func render(_ word: String, _ key: SubjectKey, _ writer: inout JSONWriter) {
        writer.field("order", word)
        writer.field("client", key.client)
        writer.field("name", key.name.text)
    }

    private static func parse(_ bytes: [UInt8]) -> Order.Kind? {
        let root: JSONNode
        do throws(JSONError) {
            root = try JSONReader.document(bytes, limits: .request)
        } catch {
            return nil
        }
        guard root["schema"]?.value == .integer(1) else { return nil }
        switch root["order"]?.value {
        case .string("approve"):
            guard case .string(let word)? = root["hold"]?.value else { return .approve(nil) }
            var shown: [UInt8]?
            if case .string(let digits)? = root["shown"]?.value { shown = Hex.decode(Array(digits.utf8)) }
            return Hold.Kind(rawValue: word).map { .approve($0, shown: shown) }
        case .string("retry"): return key(root).map { .retry($0) }
        case .string("remove"): return key(root).map { .remove($0) }
        default: return nil
        }
    }

    private static func key(_ root: JSONNode) -> SubjectKey? {
        guard case .string(let client)? = root["client"]?.value,
            case .string(let name)? = root["name"]?.value
        else { return nil }
        return SubjectKey(client: client, name: RequestName(name))
    }
}
