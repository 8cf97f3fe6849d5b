/// Promises that are judged from outside, beside a real server.
enum Promise: String, CaseIterable, Sendable {
    case requestKept = "no request is lost or changed"
    case foreignUntouched = "foreign torrents are untouched"
    case absence = "absence removes nothing"
    case silence = "a quiet pass writes nothing"
    case addedOnce = "no double add"
    case oneWriter = "one writer"
    case bounded = "bounded memory and descriptors"
    case secrets = "no secret is shown"
    case badInput = "bad input is named and kept"
    case truth = "the status is whole and true"
    case exit = "no crash, and it leaves when asked"
    case convergence = "converges when faults end"
}

/// Something that a promise rules out and that was seen.
struct Violation: Sendable, CustomStringConvertible {
    let promise: Promise
    let what: String

    init(_ promise: Promise, _ what: String) {
        self.promise = promise
        self.what = what
    }

    var description: String { "\(promise.rawValue): \(what)" }
}
