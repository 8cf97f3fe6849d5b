import Metainfo
import Reconciliation

/// The content of a `.magnet` file: one link; blank lines and `#` comments do not count.
enum MagnetText {
    /// - Returns: The one line, blanks at its edges taken off.
    static func line(_ bytes: [UInt8]) -> Result<String, Problem> {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let body = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        guard !body.contains(0), let text = String(validating: body, as: UTF8.self) else {
            return .failure(Problem(code: "bad-encoding", message: "The file is not UTF-8 text."))
        }
        var links: [(line: String, number: Int)] = []
        for (index, raw) in text.utf8.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let line = trim(raw)
            guard let first = line.utf8.first, first != UInt8(ascii: "#") else { continue }
            links.append((line, index + 1))
        }
        guard links.count < 2 else { return .failure(several(links.map(\.number))) }
        guard let found = links.first else {
            return .failure(
                Problem(code: "bad-magnet", message: "The file holds no magnet link.", field: "source"))
        }
        guard found.line.utf8.prefix(7).map({ $0 | 0x20 }).elementsEqual("magnet:".utf8.map { $0 | 0x20 })
        else {
            return .failure(
                Problem(
                    code: "bad-magnet", message: "The line is not a magnet link; it must begin with magnet:.",
                    field: "source", line: found.number, column: 1))
        }
        return .success(found.line)
    }

    private static func several(_ lines: [Int]) -> Problem {
        // The rest of a long list helps nobody.
        var shown = lines.prefix(20).dropLast().map(String.init).joined(separator: ", ")
        let rest = lines.count - 20
        shown += rest > 0 ? ", \(lines[19]) and \(rest) more" : " and \(lines[lines.count - 1])"
        return Problem(
            code: "bad-magnet",
            message: "The file holds \(lines.count) links, in lines \(shown); a request has one.",
            field: "source", line: lines[1], column: 1)
    }

    private static func trim(_ line: Substring.UTF8View) -> String {
        let isBlank = { (byte: UInt8) in byte == 32 || byte == 9 || byte == 13 }
        let kept = line.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        return String(decoding: Array(kept), as: UTF8.self)
    }
}
