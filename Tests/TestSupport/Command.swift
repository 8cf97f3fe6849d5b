import Glibc

/// Starts other programs: the real binary, the tools of this tree, system tools.
///
/// Output goes to files without a name instead of pipes, so that a program that writes much is never held up
/// because a test does not read. Every program leads a process group of its own, and only such groups are
/// ever signalled.
public enum Command {
    /// How a program ended, and what it printed.
    public struct Finished: Sendable {
        /// The exit status; 128 plus the signal, as in a shell, when a signal ended it.
        public let status: Int32
        /// Standard output, bad UTF-8 replaced.
        public let output: String
        /// Standard error, bad UTF-8 replaced.
        public let errors: String
        /// Whether it was killed because its time was over. The status is 137 then.
        public let timedOut: Bool
    }

    /// The program could not be started.
    public struct StartError: Error, CustomStringConvertible {
        /// A sentence with the program's path and the reason.
        public let description: String
    }

    /// Runs a program to its end, blocking this thread. In an async test use ``runAside``: the thread would
    /// be one of the few that all tests share.
    ///
    /// - Parameters:
    ///   - path: The program; looked up in `PATH` when it contains no slash.
    ///   - environment: The whole environment; `nil` passes on ours.
    ///   - directory: Where it runs; `nil` is our own working directory.
    ///   - timeout: After this long the program's process group is killed.
    public static func run(
        _ path: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        directory: String? = nil, timeout: Duration = .seconds(60)
    ) throws(StartError) -> Finished {
        try start(path, arguments, environment: environment, directory: directory).finish(within: timeout)
    }

    /// The same without blocking a shared thread.
    public static func runAside(
        _ path: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        directory: String? = nil, timeout: Duration = .seconds(60)
    ) async throws -> Finished {
        let running = try start(path, arguments, environment: environment, directory: directory)
        let deadline = ContinuousClock.now + timeout
        while running.status == nil, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        return running.finish(within: .zero)
    }

    /// Starts a program in the background. It is killed when the returned value goes away.
    public static func start(
        _ path: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        directory: String? = nil
    ) throws(StartError) -> RunningCommand {
        var program = path
        var words = [path] + arguments
        if let directory {
            // posix_spawn has no portable way to change the directory; env executes the program in its place.
            program = "/usr/bin/env"
            words = [program, "-C", directory, path] + arguments
        }
        let output = try nameless("\(path): output")
        let errors = try nameless("\(path): errors")
        var pid: pid_t = 0
        let code = spawn(
            program, words, environment ?? currentEnvironment, output: output, errors: errors, pid: &pid)
        guard code == 0 else {
            close(output)
            close(errors)
            throw StartError(description: "cannot start \(path): \(String(cString: strerror(code)))")
        }
        return RunningCommand(pid: pid, output: output, errors: errors)
    }

    /// Whether a program of this name is found in `PATH`.
    public static func isInstalled(_ name: String) -> Bool {
        let folders = (currentEnvironment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.contains { access("\($0)/\(name)", X_OK) == 0 }
    }

    /// Our own environment, to be changed a little and passed on.
    public static var currentEnvironment: [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { result[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return result
    }

    /// A file that has no name any more, closed on exec.
    private static func nameless(_ purpose: String) throws(StartError) -> Int32 {
        var template = Array("/tmp/qspool-command.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw StartError(description: "no file for \(purpose): \(String(cString: strerror(errno)))")
        }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    private static func spawn(
        _ program: String, _ words: [String], _ environment: [String: String], output: Int32, errors: Int32,
        pid: inout pid_t
    ) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Whatever the tests block or ignore, the program starts as from a shell.
        var defaults = sigset_t()
        sigfillset(&defaults)
        sigdelset(&defaults, SIGKILL)
        sigdelset(&defaults, SIGSTOP)
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setsigmask(&attributes, &unblocked)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for pointer in arguments + variables { free(pointer) }
        }
        return posix_spawnp(&pid, program, &actions, &attributes, &arguments, &variables)
    }
}
