/// The state of a torrent in the words of qBittorrent 5; the `paused…` words of 4.x mean `stopped…`.
///
/// Source: the states seen on 4.2.5, 4.5.2, 5.1.0 and 5.3.0, and those named in the server's source.
public enum ServerState: String, CaseIterable, Sendable {
    case allocating, downloading, metaDL, forcedMetaDL, forcedDL, stalledDL, queuedDL, stoppedDL
    case checkingDL, checkingUP, checkingResumeData, moving
    case uploading, forcedUP, stalledUP, queuedUP, stoppedUP
    case error, missingFiles
    case unknown

    /// Reads a server's word. A word that nobody knows yet is `unknown`, never an error.
    public init(wire text: String) {
        switch text {
        case "pausedDL": self = .stoppedDL
        case "pausedUP": self = .stoppedUP
        default: self = ServerState(rawValue: text) ?? .unknown
        }
    }

    /// Stopped by a person or by us.
    public var isStopped: Bool { self == .stoppedDL || self == .stoppedUP }

    /// Complete and in a settled place: an `…UP` state that is not a check.
    public var isComplete: Bool {
        switch self {
        case .uploading, .forcedUP, .stalledUP, .queuedUP, .stoppedUP: true
        default: false
        }
    }

    /// Its files are missing, or the server says no more than that something is wrong.
    public var isInTrouble: Bool { self == .error || self == .missingFiles }

    /// Between two states by the server's own doing: nothing about the torrent is judged meanwhile.
    public var isInTransit: Bool {
        switch self {
        case .moving, .checkingResumeData, .allocating: true
        default: false
        }
    }
}
