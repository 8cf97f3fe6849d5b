/// The version of the Web API, compared as three integers: as text "2.16.2" would come before "2.5.1".
struct WebAPIVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    let major: Int
    let minor: Int
    let patch: Int

    init(_ major: Int, _ minor: Int, _ patch: Int) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Reads `2.16.2` or `2.0`. Anything else gives `nil`.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isNumeric = parts.allSatisfy { part in
            (1...6).contains(part.utf8.count) && part.utf8.allSatisfy { (48...57).contains($0) }
        }
        guard (2...3).contains(parts.count), isNumeric else { return nil }
        let numbers = parts.compactMap { Int($0) }
        self.init(numbers[0], numbers[1], numbers.count == 3 ? numbers[2] : 0)
    }

    static func < (left: WebAPIVersion, right: WebAPIVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }

    var description: String { "\(major).\(minor).\(patch)" }
}
