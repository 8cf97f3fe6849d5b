import Reconciliation

/// What the value of a key may look like: what the decoder accepts, said so that others can be told.
indirect enum ValueForm: Equatable {
    /// `true` or `false`.
    case flag
    /// Text that is not empty.
    case text
    /// One of these words.
    case words([String], inAnyCase: Bool = false)
    /// An array of texts.
    case texts
    /// An array of tags, or text with commas between them.
    case tags
    /// A source, or an array of at most ``SourceRules/most`` of them.
    case sources
    /// An absolute path.
    case path
    /// Whole bytes per second, or text with a unit.
    case speed
    /// Text with a unit.
    case speedText
    /// A number from 0 to ``SeedRules/largestRatio``.
    case ratio
    /// A duration as text, more than nothing.
    case duration
    /// A duration of whole minutes as text, or their number: 0 to ``SeedRules/mostMinutes``.
    case minutes
    /// A time as RFC 3339 writes it.
    case instant
    case integer(ClosedRange<Int64>)
    /// An object with these members and no others.
    case object([RequestField])
    /// An object whose names are free and whose values are ``label``.
    case labels
    /// Text or a number.
    case label
    /// A search result: an object of which only some keys matter.
    case release
    /// One of several forms.
    case either([ValueForm])
    /// The form, `null`, or, of texts and paths, the empty text.
    case nullable(ValueForm)
}

extension RequestField {
    /// What its value may look like.
    var form: ValueForm {
        switch self {
        case .source: .sources
        case .release: .release
        case .client: .text
        case .state: .words(WantedState.allCases.map(\.rawValue))
        case .category: .nullable(.text)
        case .tags: .nullable(.tags)
        case .savePath: .path
        case .downloadPath: .nullable(.path)
        case .rename: .text
        case .contentLayout: .words(ContentLayout.allCases.map(\.rawValue), inAnyCase: true)
        case .autoTMM, .skipChecking, .sequentialDownload, .firstLastPiecePrio, .forceStart, .superSeeding,
            .suspend:
            .flag
        case .queue: .words(QueuePosition.allCases.map(\.rawValue))
        case .downloadLimit, .uploadLimit: .nullable(.speed)
        case .seed, .files, .stall: .object(members)
        case .seedRatio: .nullable(.ratio)
        case .seedTime, .seedInactiveTime: .nullable(.minutes)
        case .seedThen: .words(SeedGoals.Consequence.allCases.map(\.rawValue))
        case .filesInclude, .filesExclude: .nullable(.texts)
        case .onDelete: .words(OnDelete.allCases.map(\.rawValue))
        case .onVanish: .words(OnVanish.allCases.map(\.rawValue))
        case .stallAfter, .giveUpAfter: .duration
        case .stallThen: .words(Stall.Consequence.allCases.map(\.rawValue))
        case .notBefore: .instant
        case .priority:
            .either([.integer(RequestDecoder.priorities), .words(ForeignReading.queueWords.map(\.word))])
        case .labels: .labels
        case .labelsMovie: .label
        }
    }
}
