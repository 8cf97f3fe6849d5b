import Reconciliation
import TestSupport
import Testing

/// Where scenarios are played: a model of a release in memory, or a real server of it.
///
/// `QSPOOL_SCENARIO_SERVERS` names Debian suites, separated by blanks: then the same scenarios are played on
/// real servers of these, and the models have a rest.
struct Place: Sendable, CustomTestStringConvertible {
    let release: ServerRelease
    let isReal: Bool

    static let all: [Place] = {
        let suites = (Command.currentEnvironment["QSPOOL_SCENARIO_SERVERS"] ?? "").split(separator: " ")
        if suites.isEmpty { return ServerRelease.all.map { Place(release: $0, isReal: false) } }
        return ServerRelease.all.filter { suites.contains(Substring($0.suite)) }.map {
            Place(release: $0, isReal: true)
        }
    }()

    static let areReal = all.allSatisfy(\.isReal)

    /// Plays a scenario on a server that others may share: every scenario has torrents and categories of its
    /// own, and takes them away.
    func play(
        _ rules: Rules = Rules(), title: String = #function, file: String = #fileID,
        _ body: (Stage) async throws -> Void
    ) async throws {
        let title = file + "/" + title
        guard isReal else { return try await body(Stage(self, title, rules)) }
        try await RealServerShelf.shared.lend(release.suite) { server in
            try await play(on: server, title, rules, body)
        }
    }

    /// Plays a scenario that has torrents moved. A 4.2.5 that moves several at a time may leave all of them
    /// in `moving` until it is restarted: there it has a server of its own.
    func playMoving(
        _ rules: Rules = Rules(), title: String = #function, file: String = #fileID,
        _ body: (Stage) async throws -> Void
    ) async throws {
        if release.isModern {
            try await play(rules, title: title, file: file, body)
        } else {
            try await playAlone(rules, title: title, file: file, body)
        }
    }

    /// Plays a scenario that concerns the server as a whole, on one of its own.
    func playAlone(
        _ rules: Rules = Rules(), title: String = #function, file: String = #fileID,
        _ body: (Stage) async throws -> Void
    ) async throws {
        let title = file + "/" + title
        guard isReal else { return try await body(Stage(self, title, rules)) }
        let server = try await RealServerHouse.start(release.suite)
        do {
            try await play(on: server, title, rules, body)
        } catch {
            try await server.stop()
            throw error
        }
        try await server.stop()
    }

    private func play(
        on server: RealServerHouse, _ title: String, _ rules: Rules,
        _ body: (Stage) async throws -> Void
    ) async throws {
        let stage = try await Stage(self, title, rules, on: server)
        do {
            try await body(stage)
        } catch {
            try await stage.clear()
            throw error
        }
        try await stage.clear()
    }

    var testDescription: String { (isReal ? "real " : "model of ") + release.version }
}
