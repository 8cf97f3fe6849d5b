import Glibc
import TestSupport

/// A root directory of qspool for one test, and the program run on it as a process.
final class Root: Sendable {
    let path: String
    private let home: TemporaryDirectory
    private let variables: [String: String]
    private let settings: [String]

    /// Makes nothing yet: `qspool init` does.
    ///
    /// - Parameters:
    ///   - variables: The environment besides `PATH` and the like.
    ///   - settings: `--set` of every call, unless it says otherwise.
    init(variables: [String: String], settings: [String] = []) throws {
        home = try TemporaryDirectory()
        path = home.path + "/q"
        self.variables = variables
        self.settings = settings
    }

    convenience init(_ server: RealServer, settings: [String] = [], password: String = RealServer.password)
        throws
    {
        try self.init(
            variables: [
                "QBITTORRENT_URL": server.url, "QBITTORRENT_USERNAME": "admin",
                "QBITTORRENT_PASSWORD": password,
            ], settings: settings)
    }

    /// The same directory with other settings or variables.
    private init(_ root: Root, variables: [String: String], settings: [String]) {
        path = root.path
        home = root.home
        self.variables = variables
        self.settings = settings
    }

    func with(_ variables: [String: String] = [:], settings: [String]? = nil) -> Root {
        Root(
            self, variables: self.variables.merging(variables) { $1 },
            settings: settings ?? self.settings)
    }

    /// The same directory without some of the variables.
    func without(_ names: String...) -> Root {
        Root(self, variables: variables.filter { !names.contains($0.key) }, settings: settings)
    }

    /// What must be shown nowhere.
    var secrets: [String] {
        ["QBITTORRENT_PASSWORD", "QBITTORRENT_API_KEY"].compactMap { variables[$0] }
    }

    // MARK: The program

    /// Runs a command to its end.
    @discardableResult
    func qspool(_ words: String..., timeout: Duration = .seconds(60)) async throws -> Command.Finished {
        try await run(words, timeout: timeout)
    }

    func run(_ words: [String], timeout: Duration = .seconds(60)) async throws -> Command.Finished {
        try await Command.runAside(
            Tested.binary, arguments(words), environment: Tested.cleanEnvironment(variables), timeout: timeout
        )
    }

    func start(_ words: String...) throws -> RunningCommand {
        try Command.start(
            Tested.binary, arguments(words), environment: Tested.cleanEnvironment(variables))
    }

    /// `once`, which must end as expected.
    @discardableResult
    func once(
        _ words: String..., exit: Int32 = 0, timeout: Duration = .seconds(60)
    ) async throws -> Reply {
        let done = try await run(["once", "--json"] + words, timeout: timeout)
        guard done.status == exit else {
            throw Unusable("once: exit \(done.status), not \(exit): \(done.errors) \(done.output)")
        }
        return try Reply(done.output)
    }

    /// `once --until-settled`.
    @discardableResult
    func settle(exit: Int32 = 0) async throws -> Reply { try await once("--until-settled", exit: exit) }

    private func arguments(_ words: [String]) -> [String] {
        words + ["--root", path] + settings.flatMap { ["--set", $0] }
    }

    // MARK: Files

    func drop(_ name: String, _ text: String) throws { try drop(name, Array(text.utf8)) }

    /// Drops a request file, as a careful writer does.
    func drop(_ name: String, _ bytes: [UInt8]) throws { try Files.write(bytes, to: request(name)) }

    /// A place outside of the root that goes with it.
    func beside(_ name: String) -> String { path + "-" + name }

    func request(_ name: String) -> String { path + "/requests/" + name }

    func withdraw(_ name: String) throws { try Files.delete(request(name)) }

    /// The status of a request; nothing when there is none.
    func status(_ name: String) throws -> Reply {
        let file = path + "/status/" + name + ".json"
        return Files.exists(file) ? try Reply(try Files.read(file)) : Reply(node: nil)
    }

    func phase(_ name: String) throws -> String { try status(name)["phase"].text ?? "" }

    func summary() throws -> Reply { try Reply(try Files.read(path + "/summary.json")) }

    var holds: [String] {
        get throws { try summary()["holds"].items.compactMap { $0["kind"].text } }
    }
}
