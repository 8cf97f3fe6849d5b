internal import HTTP

/// A configuration while its sources are laid over each other, each later one over the ones before.
///
/// Every value is checked where it is applied, so that a bad one in the file is found although the
/// environment stands over it. What settings demand of each other is checked once, at the end.
struct ConfigurationLoading {
    private(set) var configuration = Configuration()
    /// All that can be set: grows by the settings of each client that is named.
    private var settings = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.key, $0) })
    /// The same in their order.
    var known = Setting.all
    /// The clients that the file or a flag named.
    private var named: Set<String> = []
    /// Whether the environment said something of the client `default`.
    private var isDefaultGiven = false

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
            guard !entry.key.contains(".") else { throw unknown(entry, below: prefix, origin) }
            let key = prefix.isEmpty ? entry.key : "\(prefix).\(entry.key)"
            if let setting = settings[key] {
                try apply(setting, entry.value, origin)
            } else if prefix == "clients" {
                try introduce(entry.key, at: entry, origin)
                try apply(entry.value, below: key, origin)
            } else if settings.keys.contains(where: { $0.hasPrefix(key + ".") }) {
                try apply(entry.value, below: key, origin)
            } else {
                throw unknown(entry, below: prefix, origin)
            }
        }
    }

    /// Applies `QBITTORRENT_…`, then `QSPOOL_…`, in the order of the settings.
    ///
    /// - Throws: ``ConfigurationError`` at the first unknown variable or bad value.
    mutating func apply(environment: [String: String]) throws(ConfigurationError) {
        try applyServer(environment)
        try checkNames(environment)
        for setting in known {
            guard let text = environment[setting.variable] else { continue }
            if setting.key.hasPrefix("clients.\(Configuration.defaultClient).") { isDefaultGiven = true }
            try apply(setting, text: text, .environment(variable: setting.variable))
        }
    }

    /// - Parameter flags: By dotted name. Secrets are no settings, so none can come this way.
    /// - Throws: ``ConfigurationError`` at the first unknown name or bad value.
    mutating func apply(flags: [String: String]) throws(ConfigurationError) {
        for (key, text) in flags.sorted(by: { $0.key < $1.key }) {
            try introduce(flag: key)
            guard let setting = settings[key] else {
                let nearest = NearestName.find(key, among: known.map(\.key)) ?? ""
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

// Clients by name.
extension ConfigurationLoading {
    /// What is configured: with other clients named and nothing said of it, there is no client `default`.
    var clients: [String: Client] {
        var clients = configuration.clients
        if !named.isEmpty, !named.contains(Configuration.defaultClient), !isDefaultGiven {
            clients[Configuration.defaultClient] = nil
        }
        return clients
    }

    private mutating func introduce(
        _ name: String, at entry: YAMLNode.Entry, _ origin: Origin
    ) throws(ConfigurationError) {
        guard let sentence = defect(ofClient: name) else { return add(client: name) }
        throw origin.error(sentence, key: "clients.\(name)", line: entry.line, column: entry.column)
    }

    /// A flag may name a client that the file does not.
    private mutating func introduce(flag key: String) throws(ConfigurationError) {
        let parts = key.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0] == "clients", settings[key] == nil || !named.contains(parts[1]),
            Setting.client("x").contains(where: { $0.key == "clients.x." + parts[2] })
        else { return }
        if let sentence = defect(ofClient: parts[1]) {
            throw ConfigurationError(message: sentence + ".", key: key)
        }
        add(client: parts[1])
    }

    private mutating func add(client name: String) {
        guard named.insert(name).inserted, configuration.clients[name] == nil else { return }
        configuration[client: name] = Client()
        let own = Setting.client(name)
        for setting in own { settings[setting.key] = setting }
        known += own
    }

    /// What is wrong with a client's name, as a sentence without its full stop.
    private func defect(ofClient name: String) -> String? {
        let shown = Shown.text("clients.\(name)")
        guard ClientName.isValid(name) else {
            return "`\(shown)` is no name for a client; \(ClientName.rule)"
        }
        let twin = configuration.clients.keys.sorted().first {
            $0 != name && ClientName.variable($0) == ClientName.variable(name)
        }
        return twin.map { "`\(shown)` and `clients.\($0)` would have the same environment variables" }
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
        let given = environment.filter { !$0.value.isEmpty && $0.key.hasPrefix("QBITTORRENT_") }
        if !given.isEmpty { isDefaultGiven = true }
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
