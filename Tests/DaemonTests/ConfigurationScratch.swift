import Daemon
import Glibc

/// A directory of its own for one test, removed with everything in it when the value goes.
struct ConfigurationScratch: ~Copyable {
    let root: String

    init() throws {
        var template = Array("/tmp/qspool-configuration-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw Failure(code: errno) }
        root = String(cString: path)
    }

    struct Failure: Error {
        let code: Int32
    }

    deinit {
        // Files only; no test makes a directory in here.
        if let directory = opendir(root) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { unlink(root + "/" + name) }
            }
            closedir(directory)
        }
        rmdir(root)
    }

    /// - Returns: The path.
    @discardableResult
    borrowing func write(_ bytes: [UInt8], to name: String, mode: mode_t = 0o600) throws -> String {
        let path = root + "/" + name
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        defer { _ = close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fchmod(descriptor, mode) == 0 else {
            throw Failure(code: errno)
        }
        return path
    }
}

/// Loads a configuration whose file holds `yaml`; without it there is no file.
func load(
    _ yaml: String? = nil, environment: [String: String] = [:], flags: [String: String] = [:]
) throws -> Configuration {
    let scratch = try ConfigurationScratch()
    if let yaml { try scratch.write(Array(yaml.utf8), to: "config.yaml") }
    return try Configuration.load(
        root: scratch.root, configPath: nil, environment: environment, flags: flags)
}

/// The error of loading, or `nil` when it succeeds.
func loadingError(
    _ yaml: String? = nil, environment: [String: String] = [:], flags: [String: String] = [:]
) throws -> ConfigurationError? {
    do {
        _ = try load(yaml, environment: environment, flags: flags)
        return nil
    } catch let error as ConfigurationError {
        return error
    }
}
