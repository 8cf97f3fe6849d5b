import QBittorrent
import Reconciliation

/// `qspool once`: one pass, or as many as it takes until nothing is left to do now.
public struct OneShot {
    /// However busy the world is, a one-shot ends.
    private static let mostPasses = 100
    /// Waiting for verification goes on in steps no longer than this.
    private static let pauseMilliseconds: Int64 = 1_000

    private let workspace: Workspace
    /// Answers that come within this time make one pass.
    private static let burstMilliseconds: Int64 = 50

    private let logKeepMilliseconds: Int64
    /// How long it waits in all for sources that are being fetched.
    private let sourcesMilliseconds: Int64
    private let clock = SystemClock()

    public init(workspace: Workspace, installation: Installation) {
        self.workspace = workspace
        sourcesMilliseconds = installation.configuration.sources.timeout.wholeMilliseconds * 2
        logKeepMilliseconds = installation.configuration.log.keep.wholeMilliseconds
    }

    /// - Throws: What ends a pass.
    public func run(untilSettled: Bool) async throws -> PassReport {
        var total = try await workspace.reconciler.pass(.everything)
        var passes = 1
        var patience = sourcesMilliseconds
        while passes < Self.mostPasses {
            if !total.awaited.isEmpty {
                // Each server's own time limit bounds this.
                await workspace.waitForServers()
            } else if total.fetching > 0, patience > 0 {
                // What is being fetched would be lost with the process.
                let began = clock.now()
                await workspace.sources.wait(atMostMilliseconds: patience)
                await clock.sleep(milliseconds: Self.burstMilliseconds)
                patience -= max(clock.now().milliseconds(since: began) ?? patience, 1)
            } else if untilSettled, !total.isOutOfReach, let pause = pause(total) {
                await clock.sleep(milliseconds: pause)
            } else {
                break
            }
            let report = try await workspace.reconciler.pass(.everything)
            total = report.adding(total)
            passes += 1
        }
        _ = try await workspace.reconciler.trimLog(keepMilliseconds: logKeepMilliseconds)
        return total
    }

    /// How long to wait before the next pass is worth it; `nil` when nothing is left to do now.
    private func pause(_ report: PassReport) -> Int64? {
        if report.wantsAnotherPass { return 0 }
        let now = clock.now()
        let due = [
            report.verificationDue?.milliseconds(since: now),
            report.lookAgainAt.map { $0.milliseconds - now.wall.milliseconds },
        ].compactMap { $0 }.min()
        return due.map { min(max($0, 20), Self.pauseMilliseconds) }
    }
}

extension PassReport {
    /// The same with the figures of an earlier pass of the same run added.
    func adding(_ earlier: PassReport) -> PassReport {
        var sum = self
        sum.outcomes = earlier.outcomes + outcomes
        sum.figures.at = earlier.figures.at
        sum.figures.duration += earlier.figures.duration
        sum.figures.calls += earlier.figures.calls
        sum.figures.actions += earlier.figures.actions
        sum.figures.commits += earlier.figures.commits
        sum.figures.filesWritten += earlier.figures.filesWritten
        return sum
    }

    /// What `once` ends with.
    public var exitCode: ExitCode {
        ExitCode.first(of: (reasonsForPerson.isEmpty ? [] : [.personNeeded]) + troubleCodes)
    }

    /// What `plan` ends with.
    public var planExitCode: ExitCode {
        ExitCode.first(of: (plan.actions.isEmpty && fetches.isEmpty ? [] : [.changes]) + troubleCodes)
    }

    private var troubleCodes: [ExitCode] {
        let files: [ExitCode] = unwritten > 0 ? [.trouble] : []
        return files
            + troubles.values.map { trouble in
                switch trouble.kind {
                case .credentials: .credentials
                case .unreachable, .notTheWebAPI: .unreachable
                }
            }
    }
}
