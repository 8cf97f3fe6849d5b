import Reconciliation

/// Politeness: whoever wants to ask a host waits here for its turn.
///
/// One request at a time and host, in the order they came, each a spacing after the end of the one before;
/// requests to different hosts run beside each other, up to a number. A host that asked to be left alone is
/// not asked by anybody until that time is over: whoever comes is told so at once.
///
///     entering ──host idle──▶ turn ──spacing over──▶ wants a slot ──slot free──▶ going ──leave──▶ over
///         └──held──▶ told        └──────cancelled────────┴──▶ over
actor HostQueue {
    enum Admission: Equatable {
        /// Ask, then ``leave(_:)``.
        case go
        /// The host wants to be left alone for so long.
        case held(milliseconds: Int64)
        case cancelled
    }

    private enum Place: Hashable {
        case host(String)
        case slots
    }

    private struct Waiter {
        let ticket: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct Host {
        var isTaken = false
        /// Milliseconds of boot time before which nobody asks it.
        var freeAt: Int64 = 0
        var heldUntil: Int64 = 0
    }

    /// More hosts than this are not remembered once they are idle.
    private static let mostRemembered = 512

    private let spacingMilliseconds: Int64
    private let mostAtOnce: Int
    private let now: @Sendable () -> Timestamp
    private let sleep: @Sendable (Int64) async -> Void
    private var hosts: [String: Host] = [:]
    private var lines: [Place: [Waiter]] = [:]
    private var running = 0
    private var lastTicket = 0

    /// - Parameter sleep: Waits for so many milliseconds, shorter when the task is cancelled.
    init(
        spacing: Duration, mostAtOnce: Int, now: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Int64) async -> Void
    ) {
        spacingMilliseconds = spacing.wholeMilliseconds
        self.mostAtOnce = mostAtOnce
        self.now = now
        self.sleep = sleep
    }

    /// Waits for the turn to ask this host.
    func enter(_ name: String) async -> Admission {
        if let left = held(name) { return .held(milliseconds: left) }
        if hosts[name]?.isTaken ?? false {
            guard await wait(at: .host(name)) else { return .cancelled }
        } else {
            hosts[name, default: Host()].isTaken = true
        }
        // The turn is ours from here on, and is passed on by every way out.
        if let left = held(name) {
            passTurn(of: name)
            return .held(milliseconds: left)
        }
        let wait = (hosts[name]?.freeAt ?? 0) - instant
        if wait > 0 { await sleep(wait) }
        guard !Task.isCancelled, await takeSlot() else {
            passTurn(of: name)
            return .cancelled
        }
        return .go
    }

    /// The request is over, however it went.
    func leave(_ name: String) {
        hosts[name]?.freeAt = instant + spacingMilliseconds
        if !letIn(at: .slots) { running -= 1 }
        passTurn(of: name)
        assert(running >= 0, "a slot is given back once")
        if hosts.count > Self.mostRemembered { forget() }
    }

    /// Nobody asks this host for so long.
    func hold(_ name: String, milliseconds: Int64) {
        let until = instant + milliseconds
        hosts[name, default: Host()].heldUntil = max(until, hosts[name]?.heldUntil ?? 0)
    }

    private var instant: Int64 { now().bootMilliseconds }

    private func held(_ name: String) -> Int64? {
        guard let host = hosts[name], host.heldUntil > instant else { return nil }
        return host.heldUntil - instant
    }

    private func takeSlot() async -> Bool {
        guard running >= mostAtOnce else {
            running += 1
            return true
        }
        // Whoever leaves hands its slot over, so that the number stays.
        return await wait(at: .slots)
    }

    private func passTurn(of name: String) {
        if !letIn(at: .host(name)) { hosts[name]?.isTaken = false }
    }

    /// - Returns: Whether somebody was waiting there.
    private func letIn(at place: Place) -> Bool {
        guard var line = lines[place], !line.isEmpty else { return false }
        let first = line.removeFirst()
        lines[place] = line.isEmpty ? nil : line
        first.continuation.resume(returning: true)
        return true
    }

    /// - Returns: `false` when the task was cancelled before its turn came.
    private func wait(at place: Place) async -> Bool {
        lastTicket += 1
        let ticket = lastTicket
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Cancelled before it stood in line: the handler found nobody, or is still to come.
                guard !Task.isCancelled else { return continuation.resume(returning: false) }
                lines[place, default: []].append(Waiter(ticket: ticket, continuation: continuation))
            }
        } onCancel: {
            Task { await self.give(up: ticket, at: place) }
        }
    }

    private func give(up ticket: Int, at place: Place) {
        guard let index = lines[place]?.firstIndex(where: { $0.ticket == ticket }),
            let waiter = lines[place]?.remove(at: index)
        else { return }
        if lines[place]?.isEmpty ?? false { lines[place] = nil }
        waiter.continuation.resume(returning: false)
    }

    private func forget() {
        let now = instant
        hosts = hosts.filter { $0.value.isTaken || $0.value.freeAt > now || $0.value.heldUntil > now }
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
