/// A pattern for the paths of a torrent's files, compiled once.
///
/// | written | stands for |
/// |---|---|
/// | `*` | any text within one component of the path, also none |
/// | `?` | one character other than `/` |
/// | `[abc]`, `[a-z]` | one of these characters, never `/` |
/// | `[!a]` | one character that is none of these, and not `/` |
/// | `**` | any text, across components |
/// | `**/` | any number of folders, also none |
/// | `NAME/` at the end | everything below the folder |
/// | `/` at the beginning | nothing: a pattern with a slash begins at the top anyway |
///
/// Everything else stands for itself, ASCII letters in either case. A `[` that is never closed is a
/// character like others. Nothing is escaped: `[*]` is a star.
///
/// All places that the pattern may be at are followed at once, so that a path costs at most its length times
/// the pattern's, however many stars there are; going back and trying again could cost a power of it.
struct GlobPattern: Sendable {
    private enum Token: Sendable {
        case one(Unicode.Scalar)
        case anyOne
        case anyOf([ClosedRange<Unicode.Scalar>], isNegated: Bool)
        /// `*`
        case within
        /// `**`
        case across
        /// The beginning of `**/`: the folders that follow may be left out.
        case optionally
    }

    private let tokens: [Token]
    /// Held against the whole path rather than against the file's own name.
    let isOfPath: Bool

    init(_ text: String) {
        var scalars = Array(text.unicodeScalars.map(Self.folded))
        isOfPath = scalars.contains("/")
        if scalars.first == "/" { scalars.removeFirst() }
        if scalars.last == "/" { scalars += ["*", "*"] }
        tokens = Self.tokens(of: scalars)
    }

    /// - Parameter text: As ``folded(path:)`` gives it.
    func matches(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        // Which places of the pattern we may be at; the one behind the last means that all of it was seen.
        var places = [Bool](repeating: false, count: tokens.count + 1)
        var next = places
        places[0] = true
        passOver(&places)
        for scalar in text {
            for place in next.indices { next[place] = false }
            var isAnywhere = false
            for (place, token) in tokens.enumerated() where places[place] {
                guard let reached = Self.place(after: scalar, at: place, token) else { continue }
                next[reached] = true
                isAnywhere = true
            }
            guard isAnywhere else { return false }
            passOver(&next)
            swap(&places, &next)
        }
        return places[tokens.count]
    }

    /// Where a character leads from a place; `nil`: nowhere.
    private static func place(after scalar: Unicode.Scalar, at place: Int, _ token: Token) -> Int? {
        switch token {
        case .one(let wanted): return scalar == wanted ? place + 1 : nil
        case .anyOne: return scalar != "/" ? place + 1 : nil
        case .anyOf(let ranges, let isNegated):
            let isNamed = ranges.contains { $0.contains(scalar) }
            return scalar != "/" && isNamed != isNegated ? place + 1 : nil
        case .within: return scalar != "/" ? place : nil
        case .across: return place
        case .optionally: return nil
        }
    }

    /// Adds the places behind what may stand for nothing. All of these lead forward, so once through is
    /// enough.
    private func passOver(_ places: inout [Bool]) {
        for (place, token) in tokens.enumerated() where places[place] {
            switch token {
            case .within, .across: places[place + 1] = true
            case .optionally:
                // To the stars, or past them and the slash behind them.
                places[place + 1] = true
                places[place + 3] = true
            case .one, .anyOne, .anyOf: break
            }
        }
    }

    /// The text with its ASCII letters in lower case.
    static func folded(path text: String) -> [Unicode.Scalar] { text.unicodeScalars.map(folded) }

    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar
    }

    // MARK: Compiling

    private static func tokens(of scalars: [Unicode.Scalar]) -> [Token] {
        var tokens: [Token] = []
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "*":
                let stars = scalars[index...].prefix { $0 == "*" }.count
                let isFolder =
                    stars > 1 && (index == 0 || scalars[index - 1] == "/")
                    && index + stars < scalars.count && scalars[index + stars] == "/"
                if isFolder { tokens.append(.optionally) }
                tokens.append(stars > 1 ? .across : .within)
                index += stars
            case "?":
                tokens.append(.anyOne)
                index += 1
            case "[":
                let (token, length) = bracket(scalars[index...])
                tokens.append(token)
                index += length
            default:
                tokens.append(.one(scalars[index]))
                index += 1
            }
        }
        return tokens
    }

    /// - Parameter scalars: Begins with `[`.
    private static func bracket(_ scalars: ArraySlice<Unicode.Scalar>) -> (token: Token, length: Int) {
        var index = scalars.startIndex + 1
        let isNegated = index < scalars.endIndex && scalars[index] == "!"
        if isNegated { index += 1 }
        let first = index
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        // As the first of the set, `]` stands for itself.
        while index < scalars.endIndex, index == first || scalars[index] != "]" {
            let low = scalars[index]
            if index + 2 < scalars.endIndex, scalars[index + 1] == "-", scalars[index + 2] != "]",
                low <= scalars[index + 2]
            {
                ranges.append(low...scalars[index + 2])
                index += 3
            } else {
                ranges.append(low...low)
                index += 1
            }
        }
        guard index < scalars.endIndex else { return (.one("["), 1) }
        return (.anyOf(ranges, isNegated: isNegated), index + 1 - scalars.startIndex)
    }
}
