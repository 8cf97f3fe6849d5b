import Glibc
import QBittorrent
public import Reconciliation
import Sourcing
import Spool
import Store

/// One root with its configuration: what every command starts from.
public struct Installation: Sendable {
    public let layout: Layout
    public let configuration: Configuration
    public let environment: [String: String]

    /// - Parameters:
    ///   - root: `--root`; `nil` for the default one.
    ///   - configPath: `--config`.
    ///   - flags: Settings given on the command line, by dotted key.
    /// - Throws: ``Failure`` with ``ExitCode/configuration``.
    public static func load(
        root: String?, configPath: String?, flags: [String: String], environment: [String: String]
    ) throws(Failure) -> Installation {
        do throws(ConfigurationError) {
            let chosen: String
            if let root {
                chosen = root
            } else {
                chosen = try Root.default(environment: environment, userID: geteuid())
            }
            let root = absolute(chosen)
            let configuration = try Configuration.load(
                root: root, configPath: configPath, environment: environment, flags: flags)
            let installation = Installation(
                layout: Layout(root: root, configuration: configuration), configuration: configuration,
                environment: environment)
            try installation.checkDefaults()
            return installation
        } catch {
            throw Failure(.configuration, error.description)
        }
    }

    /// The setting `defaults` is checked by the rules of requests.
    private func checkDefaults() throws(ConfigurationError) {
        guard let defaults = configuration.defaults,
            let problem = RequestCheck.defaults(defaults, settings: spoolSettings)
        else { return }
        throw ConfigurationError(
            message: "`defaults` cannot be used (\(problem.code)): \(problem.message)", key: "defaults")
    }

    /// The same root with the configuration read anew.
    public func reloaded(configPath: String?, flags: [String: String]) throws(Failure) -> Installation {
        try Installation.load(
            root: layout.root, configPath: configPath, flags: flags, environment: environment)
    }

    private static func absolute(_ path: String) -> String {
        var path = path
        if !path.hasPrefix("/") {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            if getcwd(&buffer, buffer.count) != nil {
                let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                path = String(decoding: bytes, as: UTF8.self) + "/" + path
            }
        }
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// - Throws: ``Failure`` with ``ExitCode/configuration`` when neither a store nor an identity is there.
    public func requireInitialised() throws(Failure) {
        guard Store.exists(directory: layout.store) || hasIdentity else {
            throw Failure(
                .configuration,
                "there is no spool at \(layout.root): run `qspool init --root \(layout.root)` first")
        }
    }

    var hasIdentity: Bool { access(layout.requests + "/" + SpoolIdentity.fileName, F_OK) == 0 }

    /// What bears on decisions.
    public var rules: Rules {
        Rules(
            tag: configuration.tag,
            drift: configuration.drift == .enforce ? .enforce : .report,
            prune: Rules.Prune(
                graceMilliseconds: configuration.prune.grace.wholeMilliseconds,
                budgetCount: configuration.prune.budget.count,
                budgetShare: configuration.prune.budget.share),
            categoryPaths: configuration.categories, addsPerPass: configuration.limits.addsPerPass,
            limits: Rules.Limits(
                active: configuration.limits.active,
                minFreeSpace: configuration.limits.minFreeSpace.map(Int64.init)),
            pathMaps: configuration.clients.mapValues { client in
                client.pathMap.map { Rules.PathMapping(remote: $0.remote, local: $0.local) }
            },
            keepRemovedMilliseconds: configuration.status.keepRemoved.wholeMilliseconds)
    }

    public var passSettings: PassSettings {
        PassSettings(
            version: Version.text,
            intervalMilliseconds: configuration.interval.wholeMilliseconds,
            statusMilliseconds: configuration.status.interval.wholeMilliseconds,
            seedingStatusMilliseconds: configuration.status.seedingInterval.wholeMilliseconds)
    }

    var spoolSettings: SpoolSettings {
        SpoolSettings(
            directory: layout.requests, settleMilliseconds: configuration.spool.settle.wholeMilliseconds,
            allowsWorldWritable: configuration.spool.worldWritable == .allow,
            client: Configuration.defaultClient, knownClients: Set(configuration.clients.keys),
            allowedPaths: configuration.paths.allowed, ownTag: configuration.tag,
            defaults: configuration.defaults)
    }

    /// - Throws: ``Failure`` with ``ExitCode/configuration`` when the key's file cannot be used.
    func sourcingSettings() throws(Failure) -> SourcingSettings {
        var settings = SourcingSettings(
            allowHosts: configuration.sources.allowHosts, timeout: configuration.sources.timeout,
            maxBytes: configuration.sources.maxBytes)
        guard let keyFile = configuration.prowlarr.apiKeyFile else { return settings }
        do throws(ConfigurationError) {
            let key = try Credential.read(
                keyFile, credentialsDirectory: environment["CREDENTIALS_DIRECTORY"])
            settings.prowlarr = ProwlarrSettings(url: configuration.prowlarr.url.url, apiKey: key)
        } catch {
            throw Failure(.configuration, error.description)
        }
        return settings
    }

    /// - Throws: ``Failure`` with ``ExitCode/configuration`` when a secret's file cannot be used.
    func serverAddress(_ name: String) throws(Failure) -> QBittorrent.ServerAddress {
        let client = configuration[client: name]
        let credentials: ClientCredentials
        do throws(ConfigurationError) {
            credentials = try client.credentials(
                credentialsDirectory: environment["CREDENTIALS_DIRECTORY"])
        } catch {
            throw Failure(.configuration, error.description)
        }
        var address = QBittorrent.ServerAddress(
            url: client.url.socketPath.map { "unix:" + $0 } ?? client.url.url, caFile: client.caFile,
            connectTimeout: client.connectTimeout, timeout: client.timeout)
        switch credentials.login {
        case .none: break
        case .password(let pair):
            address.username = pair.username
            address.password = pair.password
        case .apiKey(let key): address.apiKey = key
        }
        if let basic = credentials.basicAuth {
            address.basicAuth = (user: basic.username, password: basic.password)
        }
        return address
    }
}

/// The version of qspool.
public enum Version {
    /// As in `summary.json` and `qspool --version`.
    public static let text = "0.1.0"
}
