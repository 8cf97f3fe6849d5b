import Daemon
import Glibc

/// Standard output: data and nothing but data.
enum Output {
    /// Writes text as it is. A reader that went away ends the command quietly, as users of `head` expect.
    static func write(_ bytes: [UInt8]) throws(Failure) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EPIPE { throw Failure(.done, "") }
                throw Failure(
                    .trouble, "cannot write to standard output: \(String(cString: strerror(errno)))")
            }
            start += count
        }
    }

    static func line(_ text: String) throws(Failure) { try write(Array((text + "\n").utf8)) }

    /// Columns padded to their widest cell; the last one is not padded. Rows of one table have equal counts.
    static func table(_ rows: [[String]]) throws(Failure) {
        guard let first = rows.first else { return }
        var widths = [Int](repeating: 0, count: first.count)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
        }
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1
                    ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
            }
            try line(cells.joined(separator: "  "))
        }
    }
}

/// Colours, only on a terminal and only where `NO_COLOR` is not set.
enum Colour: Int {
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34

    func paint(_ text: String, on descriptor: Int32 = 1) -> String {
        let isWanted =
            isatty(descriptor) == 1 && (Environment.all["NO_COLOR"] ?? "").isEmpty
            && Environment.all["TERM"] != "dumb"
        return isWanted ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
