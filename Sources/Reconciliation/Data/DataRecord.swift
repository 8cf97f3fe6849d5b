import Metainfo

/// What a removal does with the data of its torrent, where its data was asked to go.
public enum DataWish: Hashable, Sendable {
    /// It goes, if the server's own lists agree right before the call.
    case go(DataWarrant)
    case stay(DataRule)

    /// What is noted before the call: nobody knows yet what comes of it.
    public var parting: DataParting {
        switch self {
        case .go: .asked
        case .stay(let rule): .kept(rule)
        }
    }

    /// For `plan` and the status while it is under way.
    var forecast: String {
        switch self {
        case .go: "; with its data, if no other torrent uses its files"
        case .stay(let rule): "; its data stays (\(rule.rawValue)): \(rule.sentence)"
        }
    }
}

/// What is remembered of a followed torrent with regard to its data.
public struct DataRecord: Equatable, Sendable {
    /// `nil`: nobody looked before it was added.
    public var trace: DataTrace?
    /// It came from a source of its request that was given up for the next one.
    public var isAbandoned: Bool
    /// What becomes of its data as it goes; `nil` where nobody asked for anything but to keep it.
    public var parting: DataParting?

    public init(trace: DataTrace? = nil, isAbandoned: Bool = false, parting: DataParting? = nil) {
        self.trace = trace
        self.isAbandoned = isAbandoned
        self.parting = parting
    }
}

extension Plan {
    /// Notes with every torrent that goes what is to become of its data: after a crash in the middle it says
    /// what may have happened.
    public mutating func notePartings() {
        for key in order {
            guard var judgement = judgements[key], case .act(let actions) = judgement.verdict else {
                continue
            }
            for action in actions {
                guard case .prune(_, let data) = action.call else { continue }
                judgement.memory?.note(data?.parting, of: action.identity)
            }
            restrict(key, to: judgement)
        }
    }
}

extension SubjectMemory {
    /// Notes what becomes of the data of a torrent that goes, whether it is followed or was before.
    mutating func note(_ parting: DataParting?, of identity: TorrentIdentity) {
        if following?.identity.overlaps(identity) == true { following?.data.parting = parting }
        for index in leaving.indices where leaving[index].identity.overlaps(identity) {
            leaving[index].data.parting = parting
        }
    }
}
