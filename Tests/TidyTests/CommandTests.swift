import Glibc
import TestSupport
import Testing

/// The means by which tests start programs, held to what they promise.
@Suite("Command")
struct CommandTests {
    @Test("Status, output and errors are told apart, and megabytes do no harm")
    func outputs() throws {
        let script = "echo out; echo err >&2; head -c 3000000 /dev/zero | tr '\\0' x; exit 7"
        let result = try Command.run("sh", ["-c", script])

        #expect(result.status == 7)
        #expect(result.output.hasPrefix("out\nx") && result.output.utf8.count == 3_000_004)
        #expect(result.errors == "err\n")
        #expect(!result.timedOut)
    }

    @Test("Environment and directory are what was asked for")
    func surroundings() throws {
        let result = try Command.run(
            "/bin/sh", ["-c", "echo $A-$HOME-$PWD"], environment: ["A": "1", "PATH": "/bin"],
            directory: "/usr")

        #expect(result.output == "1--/usr\n")
    }

    @Test("A program that takes too long is killed, and what it started too")
    func timeout() async throws {
        let result = try await Command.runAside(
            "sh", ["-c", "sleep 600 & echo $!; wait"], timeout: .milliseconds(300))

        #expect(result.timedOut && result.status == 128 + SIGKILL)
        let child = try #require(pid_t(result.output.split(separator: "\n").first ?? ""))
        // It may still be there for a moment, dying or a zombie, until whoever inherited it has looked.
        var isGone = false
        for _ in 0..<100 where !isGone {
            let state = try Command.run("sh", ["-c", "cut -d' ' -f3 /proc/\(child)/stat"])
            isGone = state.status != 0 || state.output == "" || state.output == "Z\n"
            if !isGone { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(isGone)
    }

    @Test("A program in the background is heard, signalled by pid, and its signal is told")
    func background() throws {
        let running = try Command.start("sh", ["-c", "echo ready; exec sleep 600"])

        #expect(running.firstLine(within: .seconds(20)) == "ready")
        #expect(running.status == nil)
        #expect(running.signal(SIGTERM))
        #expect(running.finish(within: .seconds(20)).status == 128 + SIGTERM)
        #expect(!running.signal(SIGTERM))
    }

    @Test("A program that nobody holds any more is gone")
    func forgotten() throws {
        let pid = try Command.start("sleep", ["600"]).pid

        #expect(kill(pid, 0) == -1)
    }

    @Test("A program that is not there is an error with its name")
    func missing() {
        #expect(throws: Command.StartError.self) { try Command.run("/no/such/program") }
        #expect(!Command.isInstalled("no-such-program-anywhere"))
        #expect(Command.isInstalled("sh"))
    }
}
