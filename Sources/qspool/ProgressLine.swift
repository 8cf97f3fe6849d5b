import Daemon
import Glibc
import Reconciliation

/// One line on standard error that shows how far something is; redrawn on a terminal, repeated with care
/// elsewhere.
struct ProgressLine {
    private static let barWidth = 28
    private let isTerminal = isatty(2) == 1
    private var last = ""
    private var lastStep = -1

    /// Shows a request's state.
    mutating func show(_ status: StatusFile) {
        let bar = status.progress.map(bar) ?? ""
        let figures = status.progress.map { " " + Display.percent($0) } ?? ""
        var text = "\(status.name): \(bar)\(figures) \(status.phase)"
        if let speed = status.downloadSpeed, speed > 0 { text += ", " + Display.bytes(speed) + "/s" }
        if let eta = status.eta, status.phase == Phase.downloading.rawValue {
            text += ", " + Display.duration(seconds: eta) + " left"
        }
        if !status.reason.isEmpty, status.progress == nil { text += " (\(status.message))" }
        draw(text, step: status.progress.map { Int($0 * 10) } ?? 0)
    }

    /// Leaves the last text where it is and begins a new line.
    mutating func finish() {
        if isTerminal, !last.isEmpty { StandardError.write("") }
        last = ""
        lastStep = -1
    }

    private mutating func draw(_ text: String, step: Int) {
        guard text != last else { return }
        if isTerminal {
            let blanks = String(repeating: " ", count: max(0, last.count - text.count))
            StandardError.part("\r" + text + blanks)
        } else {
            // A log file is no place for a moving bar: a line a tenth, and one a change of phase.
            let isNews = step != lastStep || phase(of: text) != phase(of: last)
            if isNews { StandardError.write(text) }
            lastStep = step
        }
        last = text
    }

    private func phase(of text: String) -> Substring {
        text.split(separator: ",").first?.split(separator: " ").last ?? ""
    }

    private func bar(_ share: Double) -> String {
        let full = Int((min(max(share, 0), 1) * Double(Self.barWidth)).rounded(.down))
        return "[" + String(repeating: "#", count: full)
            + String(repeating: ".", count: Self.barWidth - full) + "]"
    }
}
