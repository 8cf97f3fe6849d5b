import Glibc
import Logging
import Spool
import UnixSignals

/// `qspool run`: holds the lock, feeds the loop with what the world tells, and begins anew with another
/// configuration on SIGHUP.
public struct Supervisor {
    private var installation: Installation
    private let configPath: String?
    private let flags: [String: String]
    private let log = Logger(label: "qspool.daemon")

    private typealias Channel = (
        stream: AsyncStream<LoopEvent>, continuation: AsyncStream<LoopEvent>.Continuation
    )

    public init(installation: Installation, configPath: String?, flags: [String: String]) {
        self.installation = installation
        self.configPath = configPath
        self.flags = flags
    }

    /// Returns when it is told to stop.
    ///
    /// - Throws: What ends the daemon with another code than 0.
    public func run() async throws {
        var installation = installation
        var lock: InstanceLock?
        // One sequence for life: a signal that comes while everything is opened anew is not lost.
        let channel = AsyncStream<LoopEvent>.makeStream()
        let signals = await Self.listen(channel.continuation)
        defer { signals.cancel() }
        while true {
            let workspace = try Workspace(installation, purpose: .work, lock: lock) {
                channel.continuation.yield(.sources)
            }
            lock = workspace.heldLock
            log.info(
                "qspool runs",
                metadata: ["version": "\(Version.text)", "root": "\(installation.layout.root)"])
            switch try await serve(installation, workspace, channel) {
            case .stopped:
                log.info("qspool stops")
                return
            case .reload:
                do {
                    installation = try installation.reloaded(configPath: configPath, flags: flags)
                    log.info("the configuration was read again")
                } catch {
                    log.error(
                        "the configuration is bad; the one before stays", metadata: ["reason": "\(error)"])
                }
            }
        }
    }

    private func serve(
        _ installation: Installation, _ workspace: Workspace, _ channel: Channel
    ) async throws -> DaemonLoop.End {
        let watcher = try DirectoryWatcher(
            requests: installation.layout.requests, orders: installation.layout.orders)
        defer { watcher.stop() }
        let feed = Self.follow(watcher, channel.continuation)
        defer { feed.cancel() }
        let configuration = installation.configuration
        var loop = DaemonLoop(
            reconciler: workspace.reconciler, clock: SystemClock(),
            readiness: Readiness(environment: installation.environment), channel: channel,
            intervalMilliseconds: interval(installation),
            fullScanMilliseconds: configuration.spool.fullScan.wholeMilliseconds,
            isIntact: { workspace.isIntact })
        return try await loop.run()
    }

    /// Passes come at least as often as the supervisor wants a sign of life.
    private func interval(_ installation: Installation) -> Int64 {
        let own = installation.configuration.interval.wholeMilliseconds
        let watchdog = Readiness(environment: installation.environment).watchdogMilliseconds
        return watchdog.map { min(own, $0) } ?? own
    }

    private static func follow(
        _ watcher: DirectoryWatcher, _ post: AsyncStream<LoopEvent>.Continuation
    ) -> Task<Void, Never> {
        let events = watcher.events
        return Task {
            for await event in events {
                if event.isEverything {
                    post.yield(.spool(nil))
                } else if !event.paths.isEmpty {
                    post.yield(.spool(event.paths))
                }
                if event.hasOrders { post.yield(.orders) }
            }
        }
    }

    private static func listen(_ post: AsyncStream<LoopEvent>.Continuation) async -> Task<Void, Never> {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        return Task {
            for await signal in signals {
                post.yield(signal == .sighup ? .reload : .stop)
            }
        }
    }
}
