import CSimdJSON

/// Walks an array of objects that arrives in chunks and hands out the wanted values of each object.
///
/// Memory is that of the chunk and the largest object, whatever the size of the array. Each object is
/// validated whole. A chunk may end anywhere. After a thrown error the scanner is of no more use.
///
///     let scanner = JSONScanner(keys: ["hash", "name"])
///     for chunk in chunks { try scanner.feed(chunk) { record in … } }
///     try scanner.finish()
public final class JSONScanner {
    private let handle: OpaquePointer
    private let keys: [String]

    /// - Parameters:
    ///   - keys: The wanted keys; a record gives its values by their index here.
    ///   - depth: How many arrays and objects may be open at once, the outer array included.
    public init(keys: [String], depth: Int = JSONLimits.server.depth) {
        let units = keys.map { Array($0.utf8) }
        // The keys are copied by the C side, so one flat array of all of them is enough for the call.
        let flat = units.flatMap { $0 }
        let handle = flat.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var starts: [UnsafePointer<UInt8>?] = []
            var offset = 0
            for unit in units {
                starts.append(buffer.baseAddress.map { $0 + offset })
                offset += unit.count
            }
            return qs_scanner_new(starts, units.map(\.count), units.count, depth)
        }
        guard let handle else { preconditionFailure("no memory for a scanner of \(keys.count) keys") }
        self.handle = handle
        self.keys = keys
    }

    deinit { qs_scanner_free(handle) }

    /// Reads on.
    ///
    /// - Parameter body: Called once for each object that ends in this chunk. The record is valid only inside
    ///   the call.
    /// - Throws: ``JSONError`` when the text is not an array of objects, and whatever `body` throws.
    public func feed(_ bytes: [UInt8], _ body: (borrowing JSONRecord) throws -> Void) throws {
        try bytes.withUnsafeBufferPointer { try feed($0, body) }
    }

    /// The same for bytes that are not an array of Swift's.
    public func feed(
        _ chunk: UnsafeBufferPointer<UInt8>, _ body: (borrowing JSONRecord) throws -> Void
    ) throws {
        var position = 0
        var fields: UnsafePointer<qs_value>?
        while true {
            let result = qs_scanner_next(handle, chunk.baseAddress, chunk.count, &position, &fields)
            switch Int(result) {
            case QS_OK:
                try body(JSONRecord(fields: fields, keys: keys, offset: qs_scanner_offset(handle)))
            case QS_MORE, QS_END:
                return
            default:
                let (code, message) = JSONReader.explanation(result)
                throw JSONError(code: code, message: message, offset: qs_scanner_offset(handle))
            }
        }
    }

    /// Says that no chunk follows.
    ///
    /// - Throws: ``JSONError`` `bad-json` when the array is not over, which is what a body cut short looks
    ///   like.
    public func finish() throws(JSONError) {
        guard qs_scanner_is_complete(handle) != 0 else {
            throw JSONError(
                code: "bad-json", message: "The text ends before the array does.",
                offset: qs_scanner_offset(handle))
        }
    }
}
