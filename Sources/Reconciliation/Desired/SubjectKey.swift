/// What a pass judges once: a request of one client, named. The torrent belongs to it as long as it follows
/// one, also after the request's file is gone.
public struct SubjectKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name of a configured qBittorrent.
    public let client: String
    public let name: RequestName

    public init(client: String = "default", name: RequestName) {
        self.client = client
        self.name = name
    }

    public var description: String { client == "default" ? name.text : client + ":" + name.text }

    public static func < (left: SubjectKey, right: SubjectKey) -> Bool {
        left.name != right.name ? left.name < right.name : left.client < right.client
    }
}
