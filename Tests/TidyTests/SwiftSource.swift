/// A Swift file cut into words and signs, without its comments and the text of its string literals.
///
/// Light on purpose: it knows comments, strings of all kinds and interpolations, which is enough for rules
/// about single expressions. *Limits*: regex literals are read as operators, so quotes in them would be taken
/// for strings.
struct SwiftSource {
    struct Token {
        /// A whole word, or one sign. A string literal leaves its quotes.
        let text: String
        /// Counted from 1.
        let line: Int
        /// Whether no blank and no comment stands before it.
        let isGlued: Bool

        var isWord: Bool { text.utf8.first.map(SwiftSource.isWordByte) ?? false }
    }

    let path: String
    /// As written, comments included.
    let lines: [Substring]
    let tokens: [Token]

    init(_ text: String, path: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var blanker = Blanker(Array(text.utf8))
        blanker.readCode(untilParenthesis: false)
        tokens = Self.tokenize(blanker.output)
    }

    /// The token at an index, or an empty one beyond either end.
    subscript(index: Int) -> Token {
        tokens.indices.contains(index) ? tokens[index] : Token(text: "", line: 0, isGlued: false)
    }

    /// Whether the tokens from `index` on read as these.
    func reads(_ words: String..., at index: Int) -> Bool {
        words.indices.allSatisfy { self[index + $0].text == words[$0] }
    }

    /// Whether a comment `// proven: …` on this line, or alone on the one above, says why it cannot fail.
    func isProven(_ line: Int) -> Bool {
        let mark = "// proven: "
        if lines[line - 1].contains(mark) { return true }
        return line > 1 && lines[line - 2].drop { $0 == " " }.hasPrefix(mark)
    }

    /// The index of the sign that closes the one at `opening`, or the end.
    func closing(_ opening: Int) -> Int {
        var depth = 0
        for index in opening..<tokens.count {
            switch tokens[index].text {
            case "(", "[", "{": depth += 1
            case ")", "]", "}": depth -= 1
            default: continue
            }
            if depth == 0 { return index }
        }
        return tokens.count
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "`"): true
        case UInt8(ascii: "$"), 0x80...0xff: true
        default: false
        }
    }

    private static func tokenize(_ code: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        var line = 1
        var isGlued = false
        var index = 0
        while index < code.count {
            let start = index
            index += 1
            switch code[start] {
            case UInt8(ascii: "\n"):
                line += 1
                isGlued = false
                continue
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                isGlued = false
                continue
            case let byte where isWordByte(byte):
                while index < code.count, isWordByte(code[index]) { index += 1 }
            default: break
            }
            let text = String(decoding: code[start..<index], as: UTF8.self)
            tokens.append(Token(text: text, line: line, isGlued: isGlued))
            isGlued = true
        }
        return tokens
    }
}

/// Replaces comments and the text of strings by blanks, so that every line keeps its number.
private struct Blanker {
    private let input: [UInt8]
    private(set) var output: [UInt8]
    private var index = 0

    private let slash = UInt8(ascii: "/")
    private let star = UInt8(ascii: "*")
    private let quote = UInt8(ascii: "\"")
    private let pound = UInt8(ascii: "#")
    private let backslash = UInt8(ascii: "\\")
    private let newline = UInt8(ascii: "\n")

    init(_ input: [UInt8]) {
        self.input = input
        output = input
    }

    /// Reads on as code; in an interpolation, to the parenthesis that ends it.
    mutating func readCode(untilParenthesis: Bool) {
        var depth = 0
        while index < input.count {
            switch input[index] {
            case slash where byte(1) == slash:
                while index < input.count, input[index] != newline { blank(1) }
            case slash where byte(1) == star:
                readBlockComment()
            case quote, pound:
                readStringOrPounds()
            case UInt8(ascii: "("):
                depth += 1
                index += 1
            case UInt8(ascii: ")"):
                depth -= 1
                index += 1
                if untilParenthesis, depth < 0 { return }
            default:
                index += 1
            }
        }
    }

    private mutating func readBlockComment() {
        var depth = 0
        repeat {
            if byte(0) == slash, byte(1) == star {
                depth += 1
                blank(2)
            } else if byte(0) == star, byte(1) == slash {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while depth > 0 && index < input.count
    }

    private mutating func readStringOrPounds() {
        var pounds = 0
        while byte(pounds) == pound { pounds += 1 }
        guard byte(pounds) == quote else {
            index += pounds
            return
        }
        let quotes = byte(pounds + 1) == quote && byte(pounds + 2) == quote ? 3 : 1
        index += pounds + quotes
        while index < input.count {
            if endsString(quotes: quotes, pounds: pounds) {
                index += quotes + pounds
                return
            }
            guard byte(0) == backslash, (1..<1 + pounds).allSatisfy({ byte($0) == pound }) else {
                blank(1)
                continue
            }
            blank(1 + pounds)
            if byte(0) == UInt8(ascii: "(") {
                index += 1
                readCode(untilParenthesis: true)
            } else {
                blank(1)
            }
        }
    }

    private func endsString(quotes: Int, pounds: Int) -> Bool {
        (0..<quotes).allSatisfy { byte($0) == quote }
            && (quotes..<quotes + pounds).allSatisfy { byte($0) == pound }
    }

    private func byte(_ offset: Int) -> UInt8 {
        index + offset < input.count ? input[index + offset] : 0
    }

    private mutating func blank(_ count: Int) {
        for _ in 0..<count where index < input.count {
            if input[index] != newline { output[index] = UInt8(ascii: " ") }
            index += 1
        }
    }
}
