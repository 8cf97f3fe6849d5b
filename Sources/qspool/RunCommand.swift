import ArgumentParser
import Daemon

/// `qspool run`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "The daemon: follows the spool and qBittorrent until it is told to stop.",
        discussion: """
            Watches the requests with inotify and polls besides. Tells systemd when it is ready and that it \
            is alive. SIGHUP reads the configuration again; SIGTERM and SIGINT stop it between two calls.
            """)

    @OptionGroup var options: RootOptions

    mutating func run() async throws {
        let supervisor = Supervisor(
            installation: try options.initialised(), configPath: options.config, flags: try options.flags())
        try await supervisor.run()
    }
}
