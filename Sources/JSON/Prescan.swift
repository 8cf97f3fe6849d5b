/// A plain look at the bytes of a text before it is parsed: nesting, encoding, and what only a look at each
/// byte can place (NUL, raw control characters, a string without end).
enum Prescan {
    struct Fault: Equatable {
        let code: String
        let message: String
        let offset: Int
    }

    /// The first fault in the text, or `nil` when it may be parsed. One pass, no recursion.
    ///
    /// - Parameter depth: How many arrays and objects may be open at once, at most 64.
    static func fault(in bytes: [UInt8], from start: Int, depth: Int) -> Fault? {
        if let fault = encodingFault(in: bytes, from: start) { return fault }
        var brackets = Brackets(depth: depth)
        var stringStart: Int?
        var isEscaped = false
        for offset in start..<bytes.count {
            let byte = bytes[offset]
            if stringStart == nil {
                if byte == UInt8(ascii: "\"") { stringStart = offset }
                if let fault = brackets.see(byte, at: offset) { return fault }
            } else if byte < 0x20 {
                return rawControlCharacter(at: offset)
            } else if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                stringStart = nil
            }
        }
        if let stringStart {
            return Fault(
                code: "bad-json", message: "This string has no closing quote.", offset: stringStart)
        }
        return brackets.end(at: bytes.count)
    }

    private static func encodingFault(in bytes: [UInt8], from start: Int) -> Fault? {
        if let offset = bytes.firstIndex(of: 0) {
            return Fault(code: "bad-encoding", message: "The text holds a NUL byte.", offset: offset)
        }
        do {
            _ = try UTF8Span(validating: bytes.span.extracting(start...))
            return nil
        } catch {
            return Fault(
                code: "bad-encoding", message: "The text is not valid UTF-8.",
                offset: start + error.byteOffsets.lowerBound)
        }
    }

    private static func rawControlCharacter(at offset: Int) -> Fault {
        Fault(
            code: "bad-json",
            message: "A string holds a control character (a line break, perhaps); JSON wants it escaped.",
            offset: offset)
    }

    /// The arrays and objects that are open, one bit each.
    private struct Brackets {
        let depth: Int
        private var open = 0
        private var areObjects: UInt64 = 0
        private var isEmpty = true
        private var isClosed = false

        init(depth: Int) {
            self.depth = depth
        }

        /// Looks at a byte outside of strings.
        mutating func see(_ byte: UInt8, at offset: Int) -> Fault? {
            guard byte > 0x20 else { return nil }
            isEmpty = false
            guard !isClosed else {
                return Fault(
                    code: "bad-json", message: "There is more text after the value.", offset: offset)
            }
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                guard open < depth else {
                    return Fault(
                        code: "too-deep",
                        message: "Arrays and objects are nested deeper than \(depth) levels.",
                        offset: offset)
                }
                areObjects = areObjects << 1 | (byte == UInt8(ascii: "{") ? 1 : 0)
                open += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                guard open > 0, areObjects & 1 == (byte == UInt8(ascii: "}") ? 1 : 0) else {
                    return Fault(
                        code: "bad-json", message: "This bracket closes nothing that is open.",
                        offset: offset)
                }
                areObjects >>= 1
                open -= 1
                isClosed = open == 0
            default: break
            }
            return nil
        }

        /// What is wrong when the text ends here.
        func end(at offset: Int) -> Fault? {
            if isEmpty { return Fault(code: "empty", message: "The text is empty.", offset: offset) }
            guard open > 0 else { return nil }
            let what = areObjects & 1 == 1 ? "object" : "array"
            return Fault(
                code: "bad-json", message: "The text ends before an \(what) is closed.", offset: offset)
        }
    }
}
