internal import HTTP

/// A configuration while its sources are laid over each other, each later one over the ones before.
///
/// Every value is checked where it is applied, so that a bad one in the file is found although the
/// environment stands over it. What settings demand of each other is checked once, at the end.
struct ConfigurationLoading {
    private(set) var configuration = Configuration()
    private let settings = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.key, $0) })

    /// A heading without a value says nothing: everything below it may be commented out.
    ///
    /// - Throws: ``ConfigurationError`` at the first unknown key or bad value.
    mutating func apply(_ document: YAMLNode, from path: String) throws(ConfigurationError) {
        try apply(document, below: "", .file(path))
    }

    private mutating func apply(
        _ node: YAMLNode, below prefix: String, _ origin: Origin
    ) throws(ConfigurationError) {
        if node.isNull { return }
        guard case .mapping(let entries) = node.content else {
            let subject = prefix.isEmpty ? "the configuration" : "`\(prefix)`"
            throw origin.error(
                "\(subject) must be a mapping", key: prefix.isEmpty ? nil : prefix,
                line: node.line, column: node.column)
        }
        for entry in entries {
            // A dot within a key would let one setting be given twice, unseen.
            guard !entry.key.contains(".") else { throw Self.unknown(entry, below: prefix, origin) }
            let key = prefix.isEmpty ? entry.key : "\(prefix).\(entry.key)"
            if let setting = settings[key] {
                try apply(setting, entry.value, origin)
            } else if settings.keys.contains(where: { $0.hasPrefix(key + ".") }) {
                try apply(entry.value, below: key, origin)
            } else {
                throw Self.unknown(entry, below: prefix, origin)
            }
        }
    }

    /// Applies `QBITTORRENT_…`, then `QSPOOL_…`, in the order of the settings.
    ///
    /// - Throws: ``ConfigurationError`` at the first unknown variable or bad value.
    mutating func apply(environment: [String: String]) throws(ConfigurationError) {
        try applyServer(environment)
        try Self.checkNames(environment)
        for setting in Setting.all {
            guard let text = environment[setting.variable] else { continue }
            try apply(setting, text: text, .environment(variable: setting.variable))
        }
    }

    /// - Parameter flags: By dotted name. Secrets are no settings, so none can come this way.
    /// - Throws: ``ConfigurationError`` at the first unknown name or bad value.
    mutating func apply(flags: [String: String]) throws(ConfigurationError) {
        for (key, text) in flags.sorted(by: { $0.key < $1.key }) {
            guard let setting = settings[key] else {
                let nearest = NearestName.find(key, among: Setting.all.map(\.key)) ?? ""
                throw ConfigurationError(
                    message: "There is no setting `\(Shown.text(key))`; the nearest is `\(nearest)`.",
                    key: key)
            }
            try apply(setting, text: text, .flag)
        }
    }

    private mutating func apply(
        _ setting: Setting, text: String, _ origin: Origin
    ) throws(ConfigurationError) {
        let plain = YAMLNode(.scalar(text, isQuoted: false))
        let node = setting.isCollection ? try Self.flow(text, setting, origin) : plain
        try apply(setting, node, origin)
    }

    private static func flow(
        _ text: String, _ setting: Setting, _ origin: Origin
    ) throws(ConfigurationError) -> YAMLNode {
        do throws(YAMLError) {
            return try YAMLDocument.parse(Array(text.utf8)) ?? YAMLNode(.scalar("", isQuoted: false))
        } catch {
            throw origin.error(
                "\(origin.subject(setting.key)) is not YAML (\(error.message)); "
                    + "it must be \(setting.allowed)",
                key: setting.key, line: error.line, column: error.column)
        }
    }

    private mutating func apply(
        _ setting: Setting, _ node: YAMLNode, _ origin: Origin
    ) throws(ConfigurationError) {
        do throws(BadValue) {
            try setting.apply(&configuration, node)
        } catch {
            let subject = origin.subject(setting.key)
            let sentence =
                switch error.reason {
                case .notAllowed(let shown): "\(subject) is \(shown); it must be \(setting.allowed)"
                case .defect(let phrase): "\(subject) \(phrase); it must be \(setting.allowed)"
                case .notYet:
                    "\(subject) is not carried out by this version yet; "
                        + "leave it out or at \(setting.defaultText)"
                }
            throw origin.error(sentence, key: setting.key, line: error.line, column: error.column)
        }
    }
}

// What QBITTORRENT_… says about the client `default`.
extension ConfigurationLoading {
    private mutating func applyServer(_ environment: [String: String]) throws(ConfigurationError) {
        let prefix = "clients.\(Configuration.defaultClient)."
        let names = [
            ("QBITTORRENT_URL", "url"), ("QBITTORRENT_USERNAME", "username"),
            ("QBITTORRENT_PASSWORD_FILE", "passwordFile"),
        ]
        let given = environment.filter { !$0.value.isEmpty }
        guard given["QBITTORRENT_PASSWORD"] == nil || given["QBITTORRENT_PASSWORD_FILE"] == nil else {
            throw ConfigurationError(
                message: "QBITTORRENT_PASSWORD and QBITTORRENT_PASSWORD_FILE are both set; set one of them.")
        }
        for (variable, name) in names {
            guard let text = given[variable], let setting = settings[prefix + name] else { continue }
            try apply(setting, text: text, .environment(variable: variable))
        }
        try applySecrets(given)
    }

    private mutating func applySecrets(_ given: [String: String]) throws(ConfigurationError) {
        var client = configuration[client: Configuration.defaultClient]
        if let password = given["QBITTORRENT_PASSWORD"] {
            client.password = .given(try Self.secret(password, "QBITTORRENT_PASSWORD"))
        }
        if let key = given["QBITTORRENT_API_KEY"] {
            client.apiKey = .given(try Self.secret(key, "QBITTORRENT_API_KEY"))
        } else if given["QBITTORRENT_PASSWORD"] != nil || given["QBITTORRENT_PASSWORD_FILE"] != nil {
            // An API key stands over a password; one from the file must not stand over the environment's.
            client.apiKey = nil
        }
        configuration[client: Configuration.defaultClient] = client
    }

    private static func secret(
        _ text: String, _ variable: String
    ) throws(ConfigurationError) -> Secret {
        do throws(Credential.Defect) {
            return try Credential.secret(Array(text.utf8)[...])
        } catch {
            throw ConfigurationError(message: "The environment variable \(variable) \(error.sentence).")
        }
    }
}
