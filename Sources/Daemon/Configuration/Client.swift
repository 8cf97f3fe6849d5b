public import HTTP

/// One qBittorrent: where it is and how to log in.
public struct Client: Sendable, Equatable {
    /// Where a secret comes from.
    public enum SecretSource: Sendable, Equatable {
        /// Read when a connection is made.
        case file(String)
        /// Given in the environment.
        case given(Secret)
    }

    /// What a reverse proxy in front of the server asks for (HTTP Basic).
    public struct BasicAuth: Sendable, Equatable {
        public var username: String?
        public var password: SecretSource?

        public init() {}
    }

    /// A directory as the server sees it and as we do.
    public struct PathMapping: Sendable, Equatable {
        /// Absolute, without a slash at the end.
        public let remote: String
        /// Absolute, without a slash at the end.
        public let local: String

        public init(remote: String, local: String) {
            self.remote = remote
            self.local = local
        }
    }

    /// `http://127.0.0.1:8080`.
    public var url = ServerAddress.standard
    /// Without one `admin` is used, qBittorrent's own default, when there is a password.
    public var username: String?
    public var password: SecretSource?
    /// An API key (5.2 and later). Stands over user name and password.
    public var apiKey: SecretSource?
    public var basicAuth = BasicAuth()
    /// Certificates (PEM) to trust instead of the system's.
    public var caFile: String?
    /// Whether secrets may travel unencrypted to a public address. No.
    public var allowPlainHTTP = false
    /// 10 s; 100 ms to 10 min.
    public var connectTimeout: Duration = .seconds(10)
    /// For a whole call. 30 s; 100 ms to 10 min.
    public var timeout: Duration = .seconds(30)
    /// The first mapping whose `remote` holds a path counts. None.
    public var pathMap: [PathMapping] = []

    public init() {}

    // The settings `passwordFile` and `apiKeyFile` write these; secrets from the environment come another
    // way.
    var passwordFile: String? {
        get { password?.file }
        set { password = newValue.map { .file($0) } }
    }
    var apiKeyFile: String? {
        get { apiKey?.file }
        set { apiKey = newValue.map { .file($0) } }
    }
}

extension Client.BasicAuth {
    var passwordFile: String? {
        get { password?.file }
        set { password = newValue.map { .file($0) } }
    }
}

extension Client.SecretSource {
    fileprivate var file: String? {
        guard case .file(let path) = self else { return nil }
        return path
    }

    /// - Throws: ``ConfigurationError`` when it comes from a file that cannot be used.
    func secret(credentialsDirectory: String?) throws(ConfigurationError) -> Secret {
        switch self {
        case .given(let secret): secret
        case .file(let path): try Credential.read(path, credentialsDirectory: credentialsDirectory)
        }
    }
}

/// What to present to one server, with the secrets read.
public struct ClientCredentials: Sendable, Equatable {
    public struct Pair: Sendable, Equatable {
        public let username: String
        public let password: Secret
    }

    /// How to log in.
    public enum Login: Sendable, Equatable {
        /// The server lets us in without: it bypasses its login for our address.
        case none
        case password(Pair)
        case apiKey(Secret)
    }

    public let login: Login
    /// For a reverse proxy, on every call.
    public let basicAuth: Pair?
}

extension Client {
    /// Reads the secrets.
    ///
    /// - Parameter credentialsDirectory: `$CREDENTIALS_DIRECTORY`, below which systemd guards the files.
    /// - Throws: ``ConfigurationError`` when a password or key file is missing, unsafe or malformed.
    public func credentials(
        credentialsDirectory: String?
    ) throws(ConfigurationError) -> ClientCredentials {
        ClientCredentials(
            login: try login(credentialsDirectory), basicAuth: try proxyLogin(credentialsDirectory))
    }

    private func login(_ directory: String?) throws(ConfigurationError) -> ClientCredentials.Login {
        if let apiKey { return .apiKey(try apiKey.secret(credentialsDirectory: directory)) }
        guard let password else { return .none }
        let secret = try password.secret(credentialsDirectory: directory)
        return .password(ClientCredentials.Pair(username: username ?? "admin", password: secret))
    }

    private func proxyLogin(_ directory: String?) throws(ConfigurationError) -> ClientCredentials.Pair? {
        guard let username = basicAuth.username, let password = basicAuth.password else { return nil }
        let secret = try password.secret(credentialsDirectory: directory)
        return ClientCredentials.Pair(username: username, password: secret)
    }
}
