import Reconciliation

/// How a key of another tool says what one of our fields says, where not simply the word differs.
///
/// A flag that is as if it were not there still contradicts another spelling of the same that says something.
enum ForeignReading: Equatable {
    /// A torrent that is added stopped; `false` is as if it were not there.
    case stopped
    /// A limit in KiB/s, where ours is in bytes/s: taken as text with a unit only.
    case limitText(RequestField)
    /// A film's number.
    case movie
    /// Whether there is a path for incomplete data; `true` is as if it were not there.
    case usesDownloadPath
    /// `Forced`; `AutoManaged` is as if it were not there.
    case operatingMode
    /// Whether it goes to the top; `false` is as if it were not there.
    case topOfQueue
    /// −1 is no limit, −2 (the server's own setting) is as if it were not there.
    case ratio
    /// Minutes, with −1 and −2 as above, or a duration as text.
    case minutes(RequestField)
    /// The server's words; `Default` is as if it were not there.
    case limitAction

    /// The words that `priority` of other tools has for places in the queue.
    static let queueWords: [(word: String, position: QueuePosition)] = [
        ("top", .top), ("MAX", .top), ("bottom", .bottom), ("MIN", .bottom),
    ]

    /// The words of `operating_mode`.
    static let modes = ["Forced", "AutoManaged"]

    /// What it speaks about.
    var field: RequestField {
        switch self {
        case .stopped: .state
        case .limitText(let field), .minutes(let field): field
        case .movie: .labelsMovie
        case .usesDownloadPath: .downloadPath
        case .operatingMode: .forceStart
        case .topOfQueue: .queue
        case .ratio: .seedRatio
        case .limitAction: .seedThen
        }
    }

    /// What its value may look like.
    var form: ValueForm {
        switch self {
        case .stopped, .usesDownloadPath, .topOfQueue: .flag
        case .limitText: .speedText
        case .movie: .label
        case .operatingMode: .words(Self.modes)
        case .ratio: .nullable(.either([.integer(-2 ... -1), .ratio]))
        case .minutes: .nullable(.either([.integer(-2 ... -1), .minutes]))
        case .limitAction: .words(SeedRules.actions)
        }
    }
}
