import JSON
import Reconciliation

/// What a save path may be: absolute as the server sees it, without ways out, below an allowed path.
struct PathRules {
    /// Unit: bytes.
    static let longest = 1_024

    /// Normalised; empty: anywhere.
    private let allowed: [String]

    init(allowed: [String]) { self.allowed = allowed.map(Self.normal) }

    /// - Parameter mayBeEmpty: Whether there can be no such place.
    /// - Returns: Without trailing slash, empty and `.` components: servers report it so. Empty for `null`
    ///   and for nothing, where that may be.
    func path(_ place: FieldPlace, mayBeEmpty: Bool = false) throws(Problem) -> String {
        let isEmpty = place.isNull || place.node.value == .string("")
        if isEmpty {
            guard mayBeEmpty else { throw empty(place) }
            return ""
        }
        guard case .string(let text) = place.node.value else { throw place.wrongType("text") }
        guard text.utf8.count <= Self.longest else {
            throw place.problem("bad-path", "\(place.key) is longer than \(Self.longest) bytes.")
        }
        guard !DisplayText.hasControl(text) else {
            throw place.problem("bad-path", "\(place.key) holds control characters.")
        }
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw place.problem("bad-path", "\(place.key) must be an absolute path; it begins with a slash.")
        }
        guard !PathText.components(text).contains("..") else {
            throw place.problem(
                "bad-path", "\(place.key) holds a .. that could lead out of where it must lie.")
        }
        let path = Self.normal(text)
        guard allowed.isEmpty || allowed.contains(where: { Self.isBelow(path, $0) }) else {
            throw place.problem(
                "bad-path",
                "\(place.key) must lie below \(allowed.joined(separator: " or ")) (paths.allowed).")
        }
        return path
    }

    private func empty(_ place: FieldPlace) -> Problem {
        place.problem(
            "bad-path",
            "A torrent always lies somewhere, so \(place.key) cannot be empty; leave it out to leave "
                + "the place alone.")
    }

    private static func normal(_ path: String) -> String {
        "/" + PathText.components(path).filter { !$0.isEmpty && $0 != "." }.joined(separator: "/")
    }

    private static func isBelow(_ path: String, _ folder: String) -> Bool {
        let prefix = Array((folder == "/" ? "/" : folder + "/").utf8)
        return path.utf8.elementsEqual(folder.utf8) || Array(path.utf8).starts(with: prefix)
    }
}
