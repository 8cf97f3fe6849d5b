import JSON
import Reconciliation

/// An object that another program wrote: keys are compared without case, as their own readers do, unknown
/// ones are left alone, and `null` is as if it were not there.
struct ReleaseObject {
    let place: FieldPlace
    private let members: [JSONMember]

    /// - Returns: `nil` when it is no object.
    init?(_ place: FieldPlace) {
        guard case .object(let members) = place.node.value else { return nil }
        self.place = place
        self.members = members
    }

    /// The first of the keys that is there.
    subscript(keys: String...) -> FieldPlace? {
        for key in keys {
            let found = members.first { $0.node.value != .null && Self.areSame($0.key, key) }
            if let found { return place.member(found) }
        }
        return nil
    }

    /// The first of the keys whose value is an object.
    func object(_ keys: String...) -> ReleaseObject? {
        for key in keys {
            if let found = self[key].flatMap(ReleaseObject.init) { return found }
        }
        return nil
    }

    /// Several objects, or the only one: what XML became when it was turned into JSON.
    func objects(_ key: String) -> [ReleaseObject] {
        guard let found = self[key] else { return [] }
        guard case .array(let nodes) = found.node.value else {
            return [ReleaseObject(found)].compactMap { $0 }
        }
        return nodes.compactMap { ReleaseObject(found.part($0)) }
    }

    // Every request is asked for some of these keys, so nothing is built for it.
    private static func areSame(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count
            && zip(left.utf8, right.utf8).allSatisfy { lowercase($0) == lowercase($1) }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

extension FieldPlace {
    /// A text of a release; `nil` when it is empty. XML's element with attributes gives its text.
    func releaseText() throws(Problem) -> String? {
        if let element = ReleaseObject(self), let inner = element["#text", "text", "value", "_"] {
            return try inner.releaseText()
        }
        let text = try text(limit: Self.longestReleaseText)
        return text.utf8.allSatisfy({ $0 == 32 }) ? nil : text
    }

    /// A number of a release, which formats without numbers write as text; `nil` when the text is empty.
    func releaseNumber() throws(Problem) -> Double? {
        switch node.value {
        case .integer(let number): return Double(number)
        case .double(let number): return number
        default: break
        }
        guard case .string = node.value else { throw wrongType("a number") }
        guard let text = try releaseText() else { return nil }
        guard let number = Double(text), number.isFinite else { throw wrongType("a number") }
        return number
    }

    /// As ``releaseNumber()``; `nil` also for what says "unknown": nothing, or less.
    func releaseCount() throws(Problem) -> Int64? {
        guard let number = try releaseNumber(), number > 0 else { return nil }
        return Int64(exactly: number.rounded(.up)) ?? Int64.max
    }

    /// A magnet link may be this long. Unit: bytes.
    private static let longestReleaseText = 65_536
}
