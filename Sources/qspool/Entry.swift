import ArgumentParser
import Daemon
import Glibc

/// `qspool`: the declarative way to drive qBittorrent.
@main
struct Entry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qspool",
        abstract: "Keeps a qBittorrent in the state that a directory of request files asks for.",
        discussion: """
            Drop a JSON, .torrent or .magnet file into ROOT/requests: the torrent is added and followed. \
            Delete the file: the torrent goes, its data stays. Beside each request there is a status file \
            below ROOT/status that tells the truth about it.

            Begin with `qspool init`, then `qspool check`, then `qspool run`.

            Exit codes: 0 done; 2 `plan` has changes; 3 a person is needed; 64 usage; 69 qBittorrent \
            unreachable; 70 a defect of qspool; 74 file or store trouble; 75 another instance runs; \
            77 credentials refused; 78 configuration, or `init` never ran.
            """,
        version: Version.text,
        subcommands: [
            InitCommand.self, CheckCommand.self, RunCommand.self, OnceCommand.self, PlanCommand.self,
            AddCommand.self, ImportCommand.self, ListCommand.self, ShowCommand.self, LogCommand.self,
            SnapshotCommand.self, RemoveCommand.self, RestoreCommand.self, RetryCommand.self,
            ApproveCommand.self, ValidateCommand.self, SchemaCommand.self,
        ])

    static func main() async {
        // A reader that went away is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            Glibc.exit(Daemon.ExitCode.done.rawValue)
        } catch let failure as Failure {
            if !failure.message.isEmpty { StandardError.write("qspool: " + failure.message) }
            Glibc.exit(failure.code.rawValue)
        } catch {
            if Self.exitCode(for: error) == .success || Self.exitCode(for: error) == .validationFailure {
                Self.exit(withError: error)
            }
            let failure = Failure.understanding(error)
            StandardError.write("qspool: " + failure.message)
            Glibc.exit(failure.code.rawValue)
        }
    }
}
