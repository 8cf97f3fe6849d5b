import ArgumentParser
import Daemon

/// `qspool init`
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Makes the root: the spool with its identity, the store and a commented configuration.")

    @OptionGroup var options: RootOptions

    func run() throws {
        let founding = Founding(try options.installation())
        let made = try founding.run()
        for line in made { StandardError.write(line) }
        StandardError.write(
            "next: name your qBittorrent in \(founding.configurationFile), then run `qspool check`")
    }
}
