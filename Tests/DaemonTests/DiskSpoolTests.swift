import Reconciliation
import Spool
import TestSupport
import Testing

@testable import Daemon

/// The spool on disk, as a pass reads it.
@Suite("Spool on disk")
struct DiskSpoolTests {
    @Test("Large files that are being written hold up neither the pass nor the requests beside them")
    func largeUnfinishedFiles() throws {
        let root = try TemporaryDirectory()
        _ = try SpoolIdentity.create(in: root.path)
        let garbage = [UInt8](repeating: 0x64, count: 9 << 20)
        for index in 0..<6 {
            try AtomicFile.write(
                garbage, to: "\(root.path)/\(index).torrent", mode: 0o600, durable: false)
        }
        let magnet = "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567"
        try AtomicFile.write(
            Array(magnet.utf8), to: "\(root.path)/good.magnet", mode: 0o600, durable: false)
        let reader = try SpoolReader(settings: SpoolSettings(directory: root.path))
        let spool = DiskSpool(reader: reader, orders: OrderBox(directory: root.path + "/orders"))
        let now = SystemClock().now().wall

        var accepted: [String] = []
        for round in 0..<4 {
            // Ends: a reading that makes no progress is not repeated.
            let delta = spool.read(.everything, now: WallTime(milliseconds: now.milliseconds + Int64(round)))
            {
                _, _, _ in false
            }
            accepted += delta.accepted.map(\.request.key.name.text)
            #expect(delta.rejected.isEmpty && delta.availability == .complete)
            #expect(delta.lookAgainAt != nil)
        }
        #expect(accepted == ["good"])

        let later = WallTime(milliseconds: now.milliseconds + 5_000)
        var rejected = 0
        for _ in 0..<4 {
            rejected += spool.read(.everything, now: later) { _, _, _ in false }.rejected.count
        }
        #expect(rejected == 6)
    }
}
