/// Compares rendered files, leaving out the instants that change although nothing else does.
enum RenderedText {
    /// Where such an instant stands: the first line with that beginning, after a line that begins a member.
    struct Instant {
        /// The line that opens the object it is in; `nil` for the outermost.
        let opening: String?
        let line: String
    }

    static let ofStatus = [
        Instant(opening: #"  "request": {"#, line: #"    "readAt": "#),
        Instant(opening: #"  "lastError": {"#, line: #"    "at": "#),
        Instant(opening: nil, line: #"  "updatedAt": "#),
    ]

    static let ofSummary = [Instant(opening: nil, line: #"  "updatedAt": "#)]

    static func areEqual(_ left: [UInt8], _ right: [UInt8], without instants: [Instant]) -> Bool {
        left == right || stripped(left, instants) == stripped(right, instants)
    }

    private static func stripped(_ text: [UInt8], _ instants: [Instant]) -> [ArraySlice<UInt8>] {
        var lines = text.split(separator: 10, omittingEmptySubsequences: false)
        for instant in instants {
            var start = lines.startIndex
            if let opening = instant.opening {
                guard let found = lines.firstIndex(where: { $0.elementsEqual(opening.utf8) }) else {
                    continue
                }
                start = found + 1
            }
            if let index = lines[start...].firstIndex(where: { $0.starts(with: instant.line.utf8) }) {
                lines.remove(at: index)
            }
        }
        return lines
    }
}
