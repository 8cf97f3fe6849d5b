import ArgumentParser
import Daemon
import Glibc
import Logging

/// Where the spool is and what overrides its configuration: the options of every command.
struct RootOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The directory of everything.",
            discussion: "Default: $QSPOOL_ROOT, else /var/lib/qspool for root and system users, else "
                + "$XDG_STATE_HOME/qspool.", valueName: "dir"))
    var root: String?

    @Option(help: ArgumentHelp("Another configuration than ROOT/config.yaml.", valueName: "file"))
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "A setting of the configuration, such as prune.grace=5s. May be repeated.", valueName: "key=value"
        ))
    var settings: [String] = []

    func flags() throws(Failure) -> [String: String] {
        var flags: [String: String] = [:]
        for setting in settings {
            guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
                throw Failure(.usage, "--set takes KEY=VALUE, such as prune.grace=5s; this is \(setting)")
            }
            flags[String(setting[..<equals])] = String(setting[setting.index(after: equals)...])
        }
        return flags
    }

    /// The root with its configuration; sets up the log lines.
    func installation() throws(Failure) -> Installation {
        let environment = Environment.all
        let installation = try Installation.load(
            root: root, configPath: config, flags: try flags(), environment: environment)
        let level = installation.configuration.logging.level
        LoggingSetup.once(level: level, isJournal: environment["JOURNAL_STREAM"] != nil)
        return installation
    }

    /// The same for a command that needs a spool to be there.
    func initialised() throws(Failure) -> Installation {
        let installation = try installation()
        try installation.requireInitialised()
        return installation
    }
}

/// The process's environment, read once.
enum Environment {
    static let all: [String: String] = {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text)
            if let equals = pair.firstIndex(of: "=") {
                variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            entry += 1
        }
        return variables
    }()
}
