import JSON
import Reconciliation

/// What labels may be: text of the producer's own, kept small because every one of them is indexed.
enum LabelRules {
    static let most = 64
    /// Of a key and of a value. Unit: bytes.
    static let longest = 256

    /// Adds the labels of an object.
    static func add(_ place: FieldPlace, to labels: inout [String: String]) throws(Problem) {
        let members = try place.members()
        guard members.count <= most else {
            throw place.problem("bad-range", "There are more than \(most) labels.")
        }
        for member in members {
            let key = member.key
            guard !key.isEmpty, key.utf8.count <= longest, !DisplayText.hasControl(key) else {
                throw place.part(member.node).problem(
                    "bad-range",
                    "The name of a label is 1 to \(longest) bytes of text without control characters.")
            }
            labels[key] = try value(place.member(member))
        }
    }

    /// The value of one label; a number becomes its text.
    static func value(_ place: FieldPlace) throws(Problem) -> String {
        switch place.node.value {
        case .integer(let number): return String(number)
        case .double(let number): return text(of: number)
        case .string(let text):
            guard text.utf8.count <= longest, !DisplayText.hasControl(text) else {
                throw place.problem(
                    "bad-range", "A label is at most \(longest) bytes of text without control characters.")
            }
            return text
        default: throw place.wrongType("text or a number")
        }
    }

    /// `603.0` and `6.03e2` are the number 603 and are the same label as that.
    private static func text(of number: Double) -> String {
        guard number.magnitude <= 9_007_199_254_740_992, let whole = Int64(exactly: number) else {
            return String(number)
        }
        return String(whole)
    }
}
