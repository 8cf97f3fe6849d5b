public import Reconciliation

/// `qspool add --wait`: follows requests to their end. Makes the passes itself when no daemon works on the
/// root.
public final class RequestWatch {
    private static let pauseMilliseconds: Int64 = 200
    /// Between passes of our own.
    private static let passMilliseconds: Int64 = 1_000

    private let names: [RequestName]
    private let installation: Installation
    private let clock = SystemClock()
    private var own: Workspace?
    private var lastPass: Timestamp?
    private var wantsPass = true

    public init(_ names: [RequestName], _ installation: Installation) {
        self.names = names
        self.installation = installation
    }

    /// - Parameters:
    ///   - show: Called with each new look at a request's status.
    ///   - finished: Called when a request came to an end.
    /// - Returns: ``ExitCode/done``, or ``ExitCode/personNeeded`` when one of them needs a person.
    public func run(
        show: (StatusFile) -> Void, finished: (StatusFile) -> Void
    ) async throws -> ExitCode {
        var open = names
        var code = ExitCode.done
        while !open.isEmpty {
            try await work()
            for name in open {
                guard let status = StatusFile.read(name, below: installation.layout.status) else { continue }
                show(status)
                guard let end = Self.end(status) else { continue }
                finished(status)
                open.removeAll { $0 == name }
                if end != .done { code = end }
            }
            if !open.isEmpty { try await Task.sleep(for: .milliseconds(Self.pauseMilliseconds)) }
        }
        return code
    }

    private static func end(_ status: StatusFile) -> ExitCode? {
        switch Phase(rawValue: status.phase) {
        case .completed, .seeding, .finished, .stopped: .done
        case .rejected, .failed, .conflict, .error, .removed: .personNeeded
        case .waiting where status.reason == "Hold": .personNeeded
        default: nil
        }
    }

    /// One pass of our own when it is time and nobody else works.
    private func work() async throws {
        let now = clock.now()
        if let lastPass, !wantsPass, let age = now.milliseconds(since: lastPass), age < Self.passMilliseconds
        {
            return
        }
        if own == nil {
            do {
                own = try Workspace(installation, purpose: .work)
            } catch let failure as Failure where failure.code == .busy {
                // A daemon is at work: its statuses are all there is to follow.
                lastPass = now
                wantsPass = false
                return
            }
        }
        guard let own else { return }
        let isFirst = lastPass == nil
        let report = try await own.reconciler.pass(
            isFirst ? .everything : PassScope(spool: .everything, observation: .selected(moving: true)))
        lastPass = now
        wantsPass = report.wantsAnotherPass
        if report.isOutOfReach, let trouble = report.trouble {
            throw Failure(trouble.kind == .credentials ? .credentials : .unreachable, trouble.message)
        }
    }
}
