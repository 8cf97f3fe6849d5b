import Glibc

extension Configuration {
    /// Reads the configuration: defaults, over them the file, over it the environment, over it the flags.
    ///
    /// In the environment `QBITTORRENT_URL`, `…_USERNAME`, `…_PASSWORD`, `…_PASSWORD_FILE` and `…_API_KEY`
    /// set the client `default`; a `QSPOOL_` variable for the same setting stands over them. An empty
    /// `QBITTORRENT_` variable counts as unset.
    ///
    /// - Parameters:
    ///   - root: Absolute. What `spool.requests` and the like lie below unless they are set, and where
    ///     `config.yaml` is.
    ///   - configPath: `--config`. Without it a missing `config.yaml` means the defaults.
    ///   - environment: All variables of the process.
    ///   - flags: Settings by dotted name with their values as text.
    /// - Throws: ``ConfigurationError``. No file was written and no secret read by then.
    public static func load(
        root: String, configPath: String?, environment: [String: String], flags: [String: String]
    ) throws(ConfigurationError) -> Configuration {
        var loading = ConfigurationLoading()
        let path = configPath ?? Root.join(root, Root.configurationFile)
        if let document = try document(at: path, mayBeAbsent: configPath == nil) {
            try loading.apply(document, from: path)
        }
        try loading.apply(environment: environment)
        try loading.apply(flags: flags)
        return try loading.checked(root: root)
    }

    private static func document(
        at path: String, mayBeAbsent: Bool
    ) throws(ConfigurationError) -> YAMLNode? {
        guard let bytes = try bytes(at: path, mayBeAbsent: mayBeAbsent) else { return nil }
        do throws(YAMLError) {
            return try YAMLDocument.parse(bytes)
        } catch {
            throw Origin.file(path).error(error.message, key: nil, line: error.line, column: error.column)
        }
    }

    private static func bytes(
        at path: String, mayBeAbsent: Bool
    ) throws(ConfigurationError) -> [UInt8]? {
        do throws(SmallFile.Failure) {
            return try SmallFile.read(path, maximumBytes: YAMLDocument.maximumBytes).bytes
        } catch {
            if mayBeAbsent, error == .system(code: ENOENT) { return nil }
            throw ConfigurationError(message: "The configuration \(error.sentence).", file: path)
        }
    }
}
