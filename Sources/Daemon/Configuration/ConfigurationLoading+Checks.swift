extension ConfigurationLoading {
    /// The configuration, when its settings fit together.
    ///
    /// - Throws: ``ConfigurationError`` naming one of the settings that do not.
    func checked(root: String) throws(ConfigurationError) -> Configuration {
        var configuration = configuration
        configuration.clients = clients
        for (name, client) in configuration.clients.sorted(by: { $0.key < $1.key }) {
            try Self.check(client, "clients.\(name)")
        }
        try checkDirectories(root: root)
        try checkProwlarr()
        for (name, path) in configuration.categories.sorted(by: { $0.key < $1.key }) {
            guard configuration.paths.allows(path) else {
                throw Self.error(
                    "categories",
                    "saves \"\(Shown.text(name))\" in \(Shown.text(path)), which is outside `paths.allowed`")
            }
        }
        return configuration
    }

    private static func check(_ client: Client, _ key: String) throws(ConfigurationError) {
        let basic = client.basicAuth
        guard client.apiKey == nil || (basic.username == nil && basic.password == nil) else {
            throw error(
                "\(key).apiKeyFile",
                "cannot be used together with `\(key).basicAuth`: both need the same header")
        }
        guard (basic.username == nil) == (basic.password == nil) else {
            throw error("\(key).basicAuth", "needs both `username` and `passwordFile`")
        }
        guard client.username == nil || client.password != nil || client.apiKey != nil else {
            throw error(
                "\(key).username", "is set without a password: set `\(key).passwordFile`, or leave it out")
        }
        guard !client.url.isPlainAndPublic || client.allowPlainHTTP else {
            throw error(
                "\(key).url",
                "is plain http to a public address, where others can read the password: "
                    + "use https, or set `\(key).allowPlainHTTP: true`")
        }
    }

    private func checkProwlarr() throws(ConfigurationError) {
        let prowlarr = configuration.prowlarr
        guard prowlarr.isConfigured || prowlarr.url == .prowlarrStandard else {
            throw Self.error(
                "prowlarr.url", "is set without a key: set `prowlarr.apiKeyFile`, or leave it out")
        }
        guard prowlarr.url.socketPath == nil else {
            throw Self.error("prowlarr.url", "is a unix socket; Prowlarr is reached by http or https")
        }
        guard !prowlarr.url.isPlainAndPublic || !prowlarr.isConfigured else {
            throw Self.error(
                "prowlarr.url", "is plain http to a public address, where others can read the key: use https")
        }
    }

    /// A status file below `requests` would be read as a request, and a request below `status` be
    /// overwritten.
    private func checkDirectories(root: String) throws(ConfigurationError) {
        let requests = configuration.requestsDirectory(root: root)
        let others = [
            ("spool.status", configuration.statusDirectory(root: root)),
            ("store.path", configuration.storeDirectory(root: root)),
        ]
        for (key, path) in others {
            guard !AbsolutePath.isWithin(path, requests) else {
                throw Self.error(
                    key, "is \(Shown.text(path)), inside the requests in \(Shown.text(requests))")
            }
        }
        for (key, path) in others {
            guard !AbsolutePath.isWithin(requests, path) else {
                throw Self.error(
                    "spool.requests", "is \(Shown.text(requests)), inside `\(key)`, \(Shown.text(path))")
            }
        }
        guard !AbsolutePath.isWithin(others[1].1, others[0].1),
            !AbsolutePath.isWithin(others[0].1, others[1].1)
        else {
            throw Self.error("store.path", "and `spool.status` lie within each other")
        }
    }

    private static func error(_ key: String, _ sentence: String) -> ConfigurationError {
        ConfigurationError(message: "`\(key)` \(sentence).", key: key)
    }
}

extension Configuration {
    /// Where the requests are.
    public func requestsDirectory(root: String) -> String { spool.requests ?? Root.join(root, "requests") }

    /// Where the status files go.
    public func statusDirectory(root: String) -> String { spool.status ?? Root.join(root, "status") }

    /// Where the database is.
    public func storeDirectory(root: String) -> String { store.path ?? Root.join(root, "store") }
}
