/// Where everything of one root lies.
public struct Layout: Equatable, Sendable {
    public let root: String
    public let requests: String
    public let status: String
    public let store: String

    /// - Parameters:
    ///   - root: Absolute or relative to the working directory.
    ///   - configuration: May place `requests`, `status` and `store` elsewhere.
    public init(root: String, configuration: Configuration) {
        self.root = root
        requests = configuration.spool.requests ?? root + "/requests"
        status = configuration.spool.status ?? root + "/status"
        store = configuration.store.path ?? root + "/store"
    }

    public var lock: String { root + "/lock" }
    public var orders: String { root + "/orders" }
    public var session: String { root + "/session" }
    public var summaryName: String { "summary.json" }
    public var configurationFile: String { root + "/config.yaml" }
}
