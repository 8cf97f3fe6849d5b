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
        var found: (line: String, number: Int)?
        for (index, raw) in text.utf8.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let line = trim(raw)
            guard let first = line.utf8.first, first != UInt8(ascii: "#") else { continue }
            if let found {
                return .failure(
                    Problem(
                        code: "bad-magnet",
                        message: "The file holds two links, in lines \(found.number) and \(index + 1); "
                            + "a request has one.",
                        field: "source", line: index + 1, column: 1))
            }
            found = (line, index + 1)
        }
        guard let found else {
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

    private static func trim(_ line: Substring.UTF8View) -> String {
        let isBlank = { (byte: UInt8) in byte == 32 || byte == 9 || byte == 13 }
        let kept = line.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        return String(decoding: Array(kept), as: UTF8.self)
    }
}
