/// Why a source is no torrent that we accept.
public struct MetainfoError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One stable word for status files: `bad-torrent`, `bad-magnet`, `bad-infohash`, `bad-path`,
    /// `url-not-allowed`, `missing-field`, `empty`, `too-large`.
    public let code: String
    /// One plain sentence for a person. It holds no part of a tracker's address.
    public let message: String
    /// Bytes before the fault, counted from the start of the source, where a place helps.
    public let offset: Int?

    public init(code: String, message: String, offset: Int? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
    }

    public var description: String {
        guard let offset else { return "\(code): \(message)" }
        return "\(code): byte \(offset): \(message)"
    }

    static func badTorrent(_ message: String, at offset: Int? = nil) -> MetainfoError {
        MetainfoError(code: "bad-torrent", message: message, offset: offset)
    }

    static func badMagnet(_ message: String) -> MetainfoError {
        MetainfoError(code: "bad-magnet", message: message)
    }
}
