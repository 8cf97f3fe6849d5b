import Glibc
import TestSupport

/// What is tested: the servers, the program, and where this tree lies.
enum Tested {
    /// The Debian suites whose qBittorrent is tested; empty: no real servers, so that a plain `swift test` is
    /// fast.
    static let suites = (Command.currentEnvironment["QSPOOL_TEST_SUITES"] ?? "").split(separator: " ")
        .map(String.init)

    static let hasServers = !suites.isEmpty

    /// The one suite of tests that are about qspool alone, or too long for all.
    static let newest = Array(suites.suffix(1))

    /// The variables that name a qBittorrent of somebody else, when they do.
    static let namedServer: [String: String]? = {
        let ours = Command.currentEnvironment.filter { $0.key.hasPrefix("QBITTORRENT_") }
        return ours["QBITTORRENT_URL"] == nil ? nil : ours
    }()

    /// The program, as released or as this build made it.
    static let binary: String =
        Command.currentEnvironment["QSPOOL_BINARY"] ?? tree + "/.build/debug/qspool"

    /// The root of this repository.
    static let tree: String = {
        let parts = #filePath.split(separator: "/").dropLast(4)
        return "/" + parts.joined(separator: "/")
    }()

    /// A number from the environment, for runs that are longer than usual.
    static func count(_ variable: String, or usual: Int) -> Int {
        Command.currentEnvironment[variable].flatMap { Int($0) } ?? usual
    }

    /// How long a soak takes; 0: there is none.
    static let soakMinutes = count("QSPOOL_SOAK_MINUTES", or: 0)

    static func tool(_ name: String) -> String { tree + "/tools/" + name }

    /// Our environment without anything that would configure qspool, and with `extra`.
    static func cleanEnvironment(_ extra: [String: String] = [:]) -> [String: String] {
        var clean: [String: String] = ["LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"]
        let ours = Command.currentEnvironment
        for name in ["PATH", "HOME", "TMPDIR"] { clean[name] = ours[name] }
        return clean.merging(extra) { $1 }
    }
}

/// What a test could not go on without.
struct Unusable: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
