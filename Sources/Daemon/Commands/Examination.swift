import CSys
import Glibc
import HTTP
import QBittorrent
import Reconciliation
import Sourcing
import Spool
import Store

/// `qspool check`: the connection test and everything else that must be right.
public struct Examination {
    /// 2024-01-01: a clock before it was never set.
    private static let earliestPlausible = WallTime(seconds: 1_704_067_200)
    private static let littleSpace: UInt64 = 256 << 20

    private let installation: Installation

    public init(_ installation: Installation) { self.installation = installation }

    public func run() async -> [CheckFinding] {
        var findings = spool() + store() + machine()
        for name in installation.configuration.clients.keys.sorted() { findings += await server(name) }
        findings += await prowlarr()
        return findings
    }

    // MARK: Here

    private func spool() -> [CheckFinding] {
        let layout = installation.layout
        do {
            let identity = try SpoolIdentity.read(in: layout.requests)
            _ = try SpoolReader(settings: installation.spoolSettings)
            return [CheckFinding(.ok, "spool", "\(layout.requests) is a spool (\(identity)).")]
                + [writable(layout.status), writable(layout.orders)].compactMap { $0 }
        } catch  where error.code == "missing" {
            return [
                CheckFinding(
                    .error, "spool", "\(error.message). Run `qspool init`, or mount the spool.",
                    code: .configuration)
            ]
        } catch {
            return [CheckFinding(.error, "spool", Failure.understanding(error).message)]
        }
    }

    private func writable(_ path: String) -> CheckFinding? {
        guard access(path, W_OK | X_OK) != 0 else { return nil }
        return CheckFinding(.error, "spool", "\(path) cannot be written: \(Errno.text()).")
    }

    private func store() -> [CheckFinding] {
        let layout = installation.layout
        guard Store.exists(directory: layout.store) else {
            return [
                CheckFinding(
                    .error, "store", "There is no store in \(layout.store). Run `qspool init`.",
                    code: .configuration)
            ]
        }
        do {
            let store = try Store(
                directory: layout.store, mapSizeMiB: installation.configuration.store.mapSizeMiB,
                mode: .readOnly)
            let damage = try store.selfCheck()
            guard damage.isEmpty else { return damage.map { CheckFinding(.error, "store", $0) } }
            let figures = try store.figures()
            var findings = [
                CheckFinding(.ok, "store", "healthy, \(Display.bytes(figures.bytes)).")
            ]
            if figures.mapUsed >= 0.5 {
                findings.append(
                    CheckFinding(
                        .warning, "store",
                        "\(Display.percent(figures.mapUsed)) of its map is in use: raise store.mapSizeMiB."))
            }
            return findings
        } catch {
            return [CheckFinding(.error, "store", Failure.understanding(error).message)]
        }
    }

    private func machine() -> [CheckFinding] {
        let now = SystemClock().now().wall
        var findings: [CheckFinding] = []
        findings.append(
            now < Self.earliestPlausible
                ? CheckFinding(.warning, "clock", "The wall clock says \(now): it was never set.")
                : CheckFinding(.ok, "clock", "It is \(now)."))
        var space = statvfs()
        if statvfs(installation.layout.root, &space) == 0 {
            let free = UInt64(space.f_bavail) * UInt64(space.f_frsize)
            let text = "\(Display.bytes(Int64(clamping: free))) are free for \(installation.layout.root)."
            findings.append(CheckFinding(free < Self.littleSpace ? .warning : .ok, "root", text))
        }
        return findings
    }

    // MARK: The server

    private func server(_ name: String) async -> [CheckFinding] {
        let transport = CurlTransport()
        do {
            // The client reports into files: a session is kept for the next command.
            let client = try Workspace.client(
                installation, name, transport: transport,
                isKept: access(installation.layout.session, W_OK) == 0,
                asksAgain: true)
            let findings = await client.check().map { finding -> CheckFinding in
                let level = CheckFinding.Level(rawValue: finding.level.rawValue) ?? .error
                return CheckFinding(level, name, finding.message, code: .unreachable)
            }
            guard findings.contains(where: { $0.level == .error }) else {
                return findings + (await savePaths(client, name))
            }
            return await sharpened(findings, client)
        } catch {
            return [CheckFinding(.error, name, Failure.understanding(error).message, code: .configuration)]
        }
    }

    /// Asked only where one is configured. Requests that do not need it go on without it.
    private func prowlarr() async -> [CheckFinding] {
        let settings = installation.configuration.prowlarr
        guard settings.isConfigured else { return [] }
        do {
            let fetcher = try Workspace.fetcher(installation, transport: CurlTransport())
            switch await fetcher.examine() {
            case .success(let version):
                return [CheckFinding(.ok, "prowlarr", "\(settings.url) is Prowlarr \(version).")]
            case .failure(let failure):
                return [CheckFinding(.warning, "prowlarr", failure.message)]
            }
        } catch {
            return [
                CheckFinding(.error, "prowlarr", Failure.understanding(error).message, code: .configuration)
            ]
        }
    }

    /// Tells refused credentials from an unreachable server.
    private func sharpened(
        _ findings: [CheckFinding], _ client: QBittorrent.Client
    ) async -> [CheckFinding] {
        guard case .failure(let trouble) = await client.facts(), trouble.kind == .credentials else {
            return findings
        }
        return findings.map {
            $0.level == .error ? CheckFinding(.error, $0.subject, $0.message, code: .credentials) : $0
        }
    }

    /// A mapped directory that is not there would show every local path wrong.
    private func savePaths(_ client: QBittorrent.Client, _ name: String) async -> [CheckFinding] {
        installation.rules.pathMaps[name, default: []].map { mapping in
            access(mapping.local, R_OK | X_OK) == 0
                ? CheckFinding(.ok, name, "\(mapping.remote) is \(mapping.local) here.")
                : CheckFinding(
                    .warning, name,
                    "\(mapping.local), which pathMap names for \(mapping.remote), cannot be read: "
                        + "\(Errno.text())."
                )
        }
    }
}
