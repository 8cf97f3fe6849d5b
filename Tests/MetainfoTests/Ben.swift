/// Bencode written by tests: dictionaries sort themselves.
enum Ben: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral, Sendable
{
    case integer(Int64)
    case string([UInt8])
    case list([Ben])
    case dictionary([String: Ben])
    /// A dictionary with keys that are not text.
    case raw([([UInt8], Ben)])

    init(stringLiteral value: String) { self = .string(Array(value.utf8)) }

    init(integerLiteral value: Int64) { self = .integer(value) }

    init(arrayLiteral elements: Ben...) { self = .list(elements) }

    init(dictionaryLiteral elements: (String, Ben)...) {
        self = .dictionary(Dictionary(uniqueKeysWithValues: elements))
    }

    var bytes: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    private func write(to output: inout [UInt8]) {
        switch self {
        case .integer(let number): output += "i\(number)e".utf8
        case .string(let text): output += Array("\(text.count):".utf8) + text
        case .list(let elements):
            output.append(UInt8(ascii: "l"))
            for element in elements { element.write(to: &output) }
            output.append(UInt8(ascii: "e"))
        case .dictionary(let members): Ben.raw(members.map { (Array($0.utf8), $1) }).write(to: &output)
        case .raw(let members):
            output.append(UInt8(ascii: "d"))
            for (key, value) in members.sorted(by: { $0.0.lexicographicallyPrecedes($1.0) }) {
                Ben.string(key).write(to: &output)
                value.write(to: &output)
            }
            output.append(UInt8(ascii: "e"))
        }
    }
}
