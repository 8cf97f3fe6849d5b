/// Finds what a misspelt name was probably meant to be.
enum NearestName {
    /// Names longer than this are compared by their beginning; no setting comes near it.
    private static let maximumLength = 64

    /// A candidate that begins with the name, or else the one with the fewest edits. `nil` without
    /// candidates.
    static func find(_ name: String, among candidates: [String]) -> String? {
        candidates.map { (isLonger: isBeginning(name, of: $0), distance: distance(name, $0), name: $0) }
            .min { left, right in
                if left.isLonger != right.isLonger { return left.isLonger }
                return (left.distance, left.name) < (right.distance, right.name)
            }?.name
    }

    /// Those that the name may have been meant to be, the nearest first: with at most a third of its letters
    /// to change, or the name a part of them.
    static func likely(_ name: String, among candidates: [String], atMost most: Int = 3) -> [String] {
        let wanted = name.lowercased()
        let ranked = candidates.compactMap { candidate -> (Int, String)? in
            let edits = distance(name, candidate)
            let isPart = wanted.count >= 3 && candidate.lowercased().contains(wanted)
            return isPart || edits <= max(2, name.count / 3) ? (isPart ? 0 : edits, candidate) : nil
        }
        return ranked.sorted { $0 < $1 }.prefix(most).map(\.1)
    }

    /// `password` for `passwordFile`: the word was known, its end was not. One letter proves nothing.
    private static func isBeginning(_ name: String, of candidate: String) -> Bool {
        name.count >= 3 && candidate.lowercased().hasPrefix(name.lowercased())
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn one into the other, without
    /// regard to upper and lower case.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased().unicodeScalars.prefix(maximumLength))
        let right = Array(right.lowercased().unicodeScalars.prefix(maximumLength))
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(last[column + 1] + 1, current[column] + 1, replaced)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
