import Reconciliation
import Testing

/// The one scenario suite: every test is played, unchanged, on a model of each release in memory, or on real
/// servers (see ``Place``). The texts do not know which; where a release cannot do something, its table says
/// so, and the status has to say it too.
@Suite("Scenarios")
struct Scenarios {}

extension Stage {
    /// Downloading, as far as there is anybody to download from.
    func isUnderWay(_ name: String) -> Bool { phase(name) == .downloading || phase(name) == .stalled }
}
