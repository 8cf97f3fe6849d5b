/// Writes JSON into bytes.
///
/// Written by hand because it costs a tenth of what an encoder does, and because status files are compared
/// byte by byte: members stay in the order in which they are written, equal values give equal bytes.
///
/// The pretty form: two spaces a level, one member or element a line, `[]` and `{}` when empty, and an array
/// that begins with a number, text, boolean or null on one line. Neither form ends with a line break.
///
/// Misuse (a member without key, an array left open) is our own mistake and ends the process.
public struct JSONWriter: Sendable {
    private struct Container {
        let isObject: Bool
        var count = 0
        /// Whether each member or element has a line of its own. An array decides by its first element.
        var isTall: Bool
    }

    private let isPretty: Bool
    private var output: [UInt8] = []
    private var open: [Container] = []
    private var awaitsValue = false

    public init(pretty: Bool) {
        isPretty = pretty
    }

    /// What was written. Everything that was begun must have been ended.
    public var bytes: [UInt8] {
        precondition(open.isEmpty && !awaitsValue, "the text is not finished")
        return output
    }

    public mutating func beginObject() { begin(isObject: true) }

    public mutating func endObject() { end(isObject: true) }

    public mutating func beginArray() { begin(isObject: false) }

    public mutating func endArray() { end(isObject: false) }

    /// The key of the value that is written next.
    public mutating func key(_ key: String) {
        precondition(
            open.last?.isObject == true && !awaitsValue, "a key belongs into an object, before a value")
        separate(isContainer: false)
        string(key)
        output.append(UInt8(ascii: ":"))
        if isPretty { output.append(UInt8(ascii: " ")) }
        awaitsValue = true
    }

    public mutating func value(_ text: String) {
        prepareValue()
        string(text)
    }

    public mutating func value(_ number: Int) { value(Int64(number)) }

    public mutating func value(_ number: Int64) {
        prepareValue()
        output.append(contentsOf: number.description.utf8)
    }

    /// The shortest text that reads back as the same number; whole numbers up to 2^53 without a fraction
    /// (`1`, not `1.0`).
    ///
    /// - Precondition: The number is finite; JSON has no other.
    public mutating func value(_ number: Double) {
        precondition(number.isFinite, "JSON has no \(number)")
        if number.magnitude <= 9_007_199_254_740_992, let whole = Int64(exactly: number) {
            value(whole)
        } else {
            prepareValue()
            output.append(contentsOf: number.description.utf8)
        }
    }

    public mutating func value(_ truth: Bool) {
        prepareValue()
        output.append(contentsOf: (truth ? "true" : "false").utf8)
    }

    public mutating func null() {
        prepareValue()
        output.append(contentsOf: "null".utf8)
    }

    /// A member in one call.
    public mutating func field(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    public mutating func field(_ name: String, _ number: Int) {
        key(name)
        value(number)
    }

    public mutating func field(_ name: String, _ number: Int64) {
        key(name)
        value(number)
    }

    public mutating func field(_ name: String, _ number: Double) {
        key(name)
        value(number)
    }

    public mutating func field(_ name: String, _ truth: Bool) {
        key(name)
        value(truth)
    }

    public mutating func field(_ name: String, _ texts: [String]) {
        key(name)
        beginArray()
        for text in texts { value(text) }
        endArray()
    }

    /// `nil` is written as `null`.
    @_disfavoredOverload
    public mutating func field(_ name: String, _ text: String?) {
        key(name)
        if let text { value(text) } else { null() }
    }

    @_disfavoredOverload
    public mutating func field(_ name: String, _ number: Int?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    @_disfavoredOverload
    public mutating func field(_ name: String, _ number: Int64?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    @_disfavoredOverload
    public mutating func field(_ name: String, _ number: Double?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    @_disfavoredOverload
    public mutating func field(_ name: String, _ truth: Bool?) {
        key(name)
        if let truth { value(truth) } else { null() }
    }

    private mutating func begin(isObject: Bool) {
        prepareValue(isContainer: true)
        open.append(Container(isObject: isObject, isTall: isObject))
        output.append(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
    }

    private mutating func end(isObject: Bool) {
        guard let container = open.popLast(), container.isObject == isObject, !awaitsValue else {
            preconditionFailure("nothing of that kind is open, or a key has no value")
        }
        if isPretty, container.count > 0, container.isTall { breakLine() }
        output.append(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
    }

    /// What comes before a value: nothing after a key, a comma between elements.
    private mutating func prepareValue(isContainer: Bool = false) {
        if awaitsValue {
            awaitsValue = false
            return
        }
        guard let container = open.last else {
            precondition(output.isEmpty, "a text is one value")
            return
        }
        precondition(!container.isObject, "a value in an object needs a key")
        separate(isContainer: isContainer)
    }

    /// The comma and the line break before a member or an element.
    private mutating func separate(isContainer: Bool) {
        let last = open.count - 1
        if open[last].count == 0 {
            open[last].isTall = open[last].isObject || isContainer
        } else {
            output.append(UInt8(ascii: ","))
            if isPretty, !open[last].isTall { output.append(UInt8(ascii: " ")) }
        }
        open[last].count += 1
        if isPretty, open[last].isTall { breakLine() }
    }

    private mutating func breakLine() {
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * open.count))
    }

    /// Escapes what JSON demands, `"`, `\` and everything below U+0020, and nothing else.
    private mutating func string(_ text: String) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case UInt8(ascii: "\n"): output.append(contentsOf: #"\n"#.utf8)
            case UInt8(ascii: "\r"): output.append(contentsOf: #"\r"#.utf8)
            case UInt8(ascii: "\t"): output.append(contentsOf: #"\t"#.utf8)
            case 0..<0x20:
                output.append(contentsOf: #"\u00"#.utf8)
                output.append(Self.digits[Int(byte >> 4)])
                output.append(Self.digits[Int(byte & 15)])
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
