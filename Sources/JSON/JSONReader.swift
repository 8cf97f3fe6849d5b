import CSimdJSON

/// Reads JSON strictly, with the place of every value and every fault.
///
/// simdjson does the reading and sees every value. It stops at most faults without telling where; so a plain
/// look at the bytes comes first (``Prescan``), which also bounds the nesting before anything is built.
///
/// Decided on purpose: exactly one value; valid UTF-8 only; a byte order mark is taken off; half surrogate
/// pairs are refused; `1e3` is a double, `-0` the integer 0, an integer beyond 64 bits the nearest double,
/// and a number beyond the range of a double is refused.
public enum JSONReader {
    /// Reads a text that is one JSON value.
    ///
    /// - Throws: ``JSONError`` with the code `empty` (nothing but white space), `bad-encoding` (not UTF-8,
    ///   NUL raw or escaped), `too-deep`, `duplicate-key`, `too-large` (a limit of `limits`), else
    ///   `bad-json`; with line and column.
    public static func document(
        _ bytes: [UInt8], limits: JSONLimits = .request
    ) throws(JSONError) -> JSONNode {
        precondition((1...64).contains(limits.depth), "a depth of 1 to 64 keeps the recursion small")
        let start = markSize(bytes)
        if let fault = Prescan.fault(in: bytes, from: start, depth: limits.depth) {
            throw JSONError(code: fault.code, message: fault.message, offset: fault.offset, in: bytes)
        }
        var result: Int32 = 0
        var offset = 0
        let handle = bytes.withUnsafeBufferPointer { buffer in
            qs_document_read(
                buffer.baseAddress.map { $0 + start }, buffer.count - start, limits.depth, &result, &offset)
        }
        guard let handle else {
            throw JSONError(code: "too-large", message: "There is no memory to read this.")
        }
        defer { qs_document_free(handle) }
        guard result == Int32(QS_OK) else {
            throw fault(result, offset: start + offset, limits: limits, in: bytes)
        }

        var count = 0
        let tokens = UnsafeBufferPointer(start: qs_document_tokens(handle, &count), count: count)
        var builder = JSONTreeBuilder(tokens: tokens, start: start, bytes: bytes, limits: limits)
        return try builder.build()
    }

    /// Walks a text that is one array of objects and hands out the wanted values of each.
    ///
    /// The array is cut into objects; each is validated whole, keys that are not wanted are skipped, and of
    /// double keys the last one counts. Objects before a fault have been handed out by the time it is thrown:
    /// act on the whole only when this returns.
    ///
    /// - Parameters:
    ///   - bytes: The whole text. Not copied.
    ///   - keys: The wanted keys; a record gives its values by their index here.
    ///   - body: Called once an object, in order. The record is valid only inside the call.
    /// - Throws: ``JSONError`` when the text is not one complete array of objects, and whatever `body`
    ///   throws.
    public static func forEachObject(
        in bytes: [UInt8], keys: [String], _ body: (borrowing JSONRecord) throws -> Void
    ) throws {
        let scanner = JSONScanner(keys: keys)
        try scanner.feed(bytes, body)
        try scanner.finish()
    }

    /// 3 when the text begins with the byte order mark of UTF-8, else 0.
    static func markSize(_ bytes: [UInt8]) -> Int {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    private static func fault(
        _ result: Int32, offset: Int, limits: JSONLimits, in bytes: [UInt8]
    ) -> JSONError {
        let (code, message) = explanation(result)
        return JSONError(code: code, message: message, offset: offset, in: bytes)
    }

    /// The code and the sentence for a result of the C side that is not success.
    static func explanation(_ result: Int32) -> (code: String, message: String) {
        switch Int(result) {
        case QS_BAD_UTF8: ("bad-encoding", "The text is not valid UTF-8.")
        case QS_TOO_DEEP: ("too-deep", "Arrays and objects are nested too deep.")
        case QS_BAD_NUMBER: ("bad-json", "This is not a number that JSON allows.")
        case QS_BAD_STRING: ("bad-json", "A string holds an escape or a character that JSON does not allow.")
        case QS_NO_MEMORY: ("too-large", "There is no memory to read this.")
        case QS_TRAILING: ("bad-json", "There is more text after the value.")
        default: ("bad-json", "This is not valid JSON.")
        }
    }
}
