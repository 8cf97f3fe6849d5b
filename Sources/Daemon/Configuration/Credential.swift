public import HTTP

/// Reads a password or an API key from a file that only its owner can read.
public enum Credential {
    /// 4 kB: longer than any key, shorter than a file named by mistake.
    static let maximumBytes = 4096

    /// Directories whose files a service manager or a container runtime guards by the directory itself,
    /// whatever the files' own mode shows (systemd.exec(5), `LoadCredential`).
    static let guardedDirectories = ["/run/secrets", "/run/credentials"]

    /// The file's text without one newline at its end.
    ///
    /// - Parameters:
    ///   - path: Absolute. May be a link; what counts is the file that was opened.
    ///   - credentialsDirectory: `$CREDENTIALS_DIRECTORY`.
    /// - Throws: ``ConfigurationError``: not there, not a regular file, readable by others, empty, over
    ///   4096 bytes, not UTF-8, with a zero byte or a newline inside. Never quotes the content.
    public static func read(
        _ path: String, credentialsDirectory: String?
    ) throws(ConfigurationError) -> Secret {
        let file = try open(path)
        guard isGuarded(path, credentialsDirectory) || file.mode & 0o077 == 0 else {
            let shown = Shown.text(path)
            throw defect(path, "can be read by others; make it private: chmod 600 \(shown)")
        }
        var bytes = file.bytes[...]
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        do throws(Defect) {
            return try secret(bytes)
        } catch {
            throw defect(path, error.sentence)
        }
    }

    /// What is wrong with a secret, without the secret: a verb phrase.
    struct Defect: Error {
        let sentence: String
    }

    /// A secret of one line.
    ///
    /// - Throws: ``Defect``.
    static func secret(_ bytes: ArraySlice<UInt8>) throws(Defect) -> Secret {
        guard !bytes.isEmpty else { throw Defect(sentence: "is empty") }
        guard bytes.count <= maximumBytes else {
            throw Defect(sentence: "is larger than \(maximumBytes) bytes")
        }
        guard !bytes.contains(0) else { throw Defect(sentence: "holds a zero byte") }
        guard !bytes.contains(UInt8(ascii: "\n")), !bytes.contains(UInt8(ascii: "\r")) else {
            throw Defect(sentence: "holds more than one line")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Defect(sentence: "is not UTF-8")
        }
        return Secret(text)
    }

    private static func open(_ path: String) throws(ConfigurationError) -> SmallFile {
        do throws(SmallFile.Failure) {
            return try SmallFile.read(path, maximumBytes: maximumBytes)
        } catch {
            switch error {
            case .tooLarge: throw defect(path, "is larger than \(maximumBytes) bytes")
            case .system, .notRegular: throw defect(path, error.sentence)
            }
        }
    }

    private static func isGuarded(_ path: String, _ credentialsDirectory: String?) -> Bool {
        guard AbsolutePath.defect(path) == nil else { return false }
        let own = credentialsDirectory.flatMap { AbsolutePath.defect($0) == nil && $0 != "/" ? $0 : nil }
        return (guardedDirectories + [own].compactMap { $0 }).contains { AbsolutePath.isWithin(path, $0) }
    }

    private static func defect(_ path: String, _ sentence: String) -> ConfigurationError {
        ConfigurationError(message: "The file of secrets \(Shown.text(path)) \(sentence).")
    }
}
