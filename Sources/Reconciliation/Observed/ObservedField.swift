internal import Metainfo

/// What the change log and the snapshots say of a torrent, field by field.
///
/// Each field has one form as text, from which its value can be read back exactly: the log shows it,
/// snapshots store it, and `qspool snapshot` prints it. The raw values, all below 64, are stored and never
/// change.
public enum ObservedField: UInt8, CaseIterable, Comparable, Sendable {
    case name = 1
    case state, savePath, downloadPath, contentPath, category, tags, autoTMM
    case sequentialDownload, firstLastPiecePrio, forceStart, superSeeding, downloadLimit, uploadLimit
    case ratioLimit, seedingTimeLimit, inactiveSeedingTimeLimit
    case infoHashV1, infoHashV2, addedAt, completedAt
    // Counters: as last seen with a change of another field, or with a snapshot. Those that only count time
    // (seeding time, last activity, time left) are left out.
    case progress = 24
    case size, totalSize, amountLeft, downloaded, uploaded, downloadSpeed, uploadSpeed, ratio
    case seeds, peers

    /// As in the log and in JSON: `savePath`.
    public var name: String { Self.names[self] ?? "" }

    /// What changes by itself and is never a reason for an entry of its own.
    public var isCounter: Bool { self >= .progress }

    /// The field that the log calls so.
    public init?(name: String) {
        guard let field = Self.fields[name] else { return nil }
        self = field
    }

    public static func < (left: ObservedField, right: ObservedField) -> Bool {
        left.rawValue < right.rawValue
    }

    // Made once: turning a case into text takes longer than everything else that is done with it.
    private static let names = Dictionary(uniqueKeysWithValues: allCases.map { ($0, "\($0)") })
    private static let fields = Dictionary(uniqueKeysWithValues: allCases.map { ("\($0)", $0) })

    /// Fields that are not counters, and those that are.
    public static let settled = allCases.filter { !$0.isCounter }
    public static let counters = allCases.filter(\.isCounter)

    /// The value as text; `nil` where there is none.
    public func text(of torrent: Torrent) -> String? {
        switch self {
        case .name: torrent.name.observedText
        case .state: torrent.state.observedText
        case .savePath: torrent.placement.savePath.observedText
        case .downloadPath: torrent.placement.downloadPath.observedText
        case .contentPath: torrent.placement.contentPath.observedText
        case .category: torrent.placement.category.observedText
        case .tags: torrent.placement.tags.observedText
        case .autoTMM: torrent.placement.autoTMM.observedText
        case .sequentialDownload: torrent.options.sequentialDownload.observedText
        case .firstLastPiecePrio: torrent.options.firstLastPiecePrio.observedText
        case .forceStart: torrent.options.forceStart.observedText
        case .superSeeding: torrent.options.superSeeding.observedText
        case .downloadLimit: torrent.options.downloadLimit.observedText
        case .uploadLimit: torrent.options.uploadLimit.observedText
        case .ratioLimit: torrent.options.ratioLimit.observedText
        case .seedingTimeLimit: torrent.options.seedingTimeLimit.observedText
        case .inactiveSeedingTimeLimit: torrent.options.inactiveSeedingTimeLimit.observedText
        case .infoHashV1: torrent.identity.v1?.description
        case .infoHashV2: torrent.identity.v2?.description
        case .addedAt: torrent.addedAt.observedText
        case .completedAt: torrent.completedAt.observedText
        case .progress: torrent.counters.progress.observedText
        case .size: torrent.counters.size.observedText
        case .totalSize: torrent.counters.totalSize.observedText
        case .amountLeft: torrent.counters.amountLeft.observedText
        case .downloaded: torrent.counters.downloaded.observedText
        case .uploaded: torrent.counters.uploaded.observedText
        case .downloadSpeed: torrent.counters.downloadSpeed.observedText
        case .uploadSpeed: torrent.counters.uploadSpeed.observedText
        case .ratio: torrent.counters.ratio.observedText
        case .seeds: torrent.counters.seeds.observedText
        case .peers: torrent.counters.peers.observedText
        }
    }

    /// Reads the value back.
    ///
    /// - Returns: False, and nothing changed, for a text that this field cannot have.
    public func set(_ text: String?, in torrent: inout Torrent) -> Bool {
        switch self {
        case .name: put(text, &torrent.name)
        case .state: put(text, &torrent.state)
        case .savePath: put(text, &torrent.placement.savePath)
        case .downloadPath: put(text, &torrent.placement.downloadPath)
        case .contentPath: put(text, &torrent.placement.contentPath)
        case .category: put(text, &torrent.placement.category)
        case .tags: put(text, &torrent.placement.tags)
        case .autoTMM: put(text, &torrent.placement.autoTMM)
        case .sequentialDownload: put(text, &torrent.options.sequentialDownload)
        case .firstLastPiecePrio: put(text, &torrent.options.firstLastPiecePrio)
        case .forceStart: put(text, &torrent.options.forceStart)
        case .superSeeding: put(text, &torrent.options.superSeeding)
        case .downloadLimit: put(text, &torrent.options.downloadLimit)
        case .uploadLimit: put(text, &torrent.options.uploadLimit)
        case .ratioLimit: put(text, &torrent.options.ratioLimit)
        case .seedingTimeLimit: put(text, &torrent.options.seedingTimeLimit)
        case .inactiveSeedingTimeLimit: put(text, &torrent.options.inactiveSeedingTimeLimit)
        case .infoHashV1, .infoHashV2: putHash(text, &torrent)
        case .addedAt: put(text, &torrent.addedAt)
        case .completedAt: put(text, &torrent.completedAt)
        case .progress: put(text, &torrent.counters.progress)
        case .size: put(text, &torrent.counters.size)
        case .totalSize: put(text, &torrent.counters.totalSize)
        case .amountLeft: put(text, &torrent.counters.amountLeft)
        case .downloaded: put(text, &torrent.counters.downloaded)
        case .uploaded: put(text, &torrent.counters.uploaded)
        case .downloadSpeed: put(text, &torrent.counters.downloadSpeed)
        case .uploadSpeed: put(text, &torrent.counters.uploadSpeed)
        case .ratio: put(text, &torrent.counters.ratio)
        case .seeds: put(text, &torrent.counters.seeds)
        case .peers: put(text, &torrent.counters.peers)
        }
    }
}
