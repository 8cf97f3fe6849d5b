import CSimdJSON

/// The wanted values of one object, by the index of their key. Valid only while it is handed out.
///
/// A key that is absent and a key that is `null` are the same: `nil`. A value of another type than the one
/// asked for is an error, because a server that changed a type is not understood.
public struct JSONRecord: ~Copyable {
    private let fields: UnsafePointer<qs_value>?
    private let keys: [String]
    /// Bytes before the object, counted from the start of the text.
    public let offset: Int

    init(fields: UnsafePointer<qs_value>?, keys: [String], offset: Int) {
        self.fields = fields
        self.keys = keys
        self.offset = offset
    }

    /// - Throws: ``JSONError`` `bad-type` when it is not a string.
    public func string(_ index: Int) throws(JSONError) -> String? {
        let field = field(index)
        switch Int(field.kind) {
        case QS_ABSENT, QS_NULL: return nil
        case QS_STRING: return String(decoding: units(field), as: UTF8.self)
        default: throw mismatch(index, "a string")
        }
    }

    /// The bytes of a string, for whoever wants to read an info-hash or to compare without building a
    /// `String`.
    ///
    /// - Parameter body: Gets the UTF-8 of the text; the buffer is valid only inside the call.
    /// - Throws: ``JSONError`` `bad-type` when it is not a string.
    public func withBytes<Value>(
        _ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Value
    ) throws(JSONError) -> Value? {
        let field = field(index)
        switch Int(field.kind) {
        case QS_ABSENT, QS_NULL: return nil
        case QS_STRING: return body(units(field))
        default: throw mismatch(index, "a string")
        }
    }

    /// Integers, and other spellings of one (`1e3`, `5.0`).
    ///
    /// - Throws: ``JSONError`` `bad-type` when it is not an integer of 64 bits.
    public func int(_ index: Int) throws(JSONError) -> Int64? {
        let field = field(index)
        switch Int(field.kind) {
        case QS_ABSENT, QS_NULL: return nil
        case QS_INTEGER: return field.integer
        case QS_DOUBLE:
            guard let integer = Int64(exactly: field.number) else { throw mismatch(index, "an integer") }
            return integer
        default: throw mismatch(index, "an integer")
        }
    }

    /// - Throws: ``JSONError`` `bad-type` when it is not a number.
    public func double(_ index: Int) throws(JSONError) -> Double? {
        let field = field(index)
        switch Int(field.kind) {
        case QS_ABSENT, QS_NULL: return nil
        case QS_INTEGER: return Double(field.integer)
        case QS_DOUBLE: return field.number
        default: throw mismatch(index, "a number")
        }
    }

    /// - Throws: ``JSONError`` `bad-type` when it is not a boolean.
    public func bool(_ index: Int) throws(JSONError) -> Bool? {
        let field = field(index)
        switch Int(field.kind) {
        case QS_ABSENT, QS_NULL: return nil
        case QS_BOOL: return field.integer != 0
        default: throw mismatch(index, "a boolean")
        }
    }

    private func field(_ index: Int) -> qs_value {
        precondition(keys.indices.contains(index), "a record has as many values as there are wanted keys")
        guard let fields else { preconditionFailure("a record with keys has fields") }
        return fields[index]
    }

    private func units(_ field: qs_value) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: field.text, count: field.size)
    }

    private func mismatch(_ index: Int, _ expected: String) -> JSONError {
        JSONError(code: "bad-type", message: "\"\(keys[index])\" is not \(expected).", offset: offset)
    }
}
