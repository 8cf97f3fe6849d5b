import Metainfo
import Reconciliation

@testable import Spool

/// What a request says, as one line: how the tables of fixtures write it.
struct NormalForm: CustomStringConvertible {
    private var client: String
    private var wishes: [Field: FieldValue]
    private var onDelete: OnDelete
    private var labels: [String: String]
    private var isSuspended: Bool
    private var terms: RequestTerms
    private var sources: [String]
    private var release: Release?
    private var aliases: [String]

    init(_ draft: RequestDraft) {
        client = draft.key.client
        wishes = draft.wishes
        onDelete = draft.onDelete
        labels = draft.labels
        isSuspended = draft.isSuspended
        terms = draft.terms
        sources = draft.sources.map(\.text)
        release = draft.release?.release
        aliases = draft.aliases
    }

    init(_ request: DecodedRequest) {
        client = request.client
        wishes = request.wishes
        onDelete = request.onDelete
        labels = request.labels
        isSuspended = request.isSuspended
        terms = request.terms
        sources = request.sources.map(\.text)
        release = request.release?.release
        aliases = request.aliases
    }

    var description: String {
        var parts: [String] = []
        if client != "default" { parts.append("client \(client)") }
        parts += Self.fields.compactMap { field in
            wishes[field].map { value in
                switch value {
                case .goals, .selection: "\(field.rawValue)={\(value)}"
                default: "\(field.rawValue)=\(value)"
                }
            }
        }
        if onDelete != .remove { parts.append("onDelete=\(onDelete.rawValue)") }
        parts += termParts
        parts += labels.sorted { $0.key < $1.key }.map { "label \($0.key)=\($0.value)" }
        if isSuspended { parts.append("suspended") }
        if let source { parts.append("source=" + source) }
        if let release { parts.append(Self.text(release)) }
        parts += aliases.map { "alias " + $0 }
        return parts.joined(separator: "; ")
    }

    private static let fields: [Field] = [
        .state, .category, .tags, .savePath, .downloadPath, .autoTMM, .rename, .sequentialDownload,
        .firstLastPiecePrio, .downloadLimit, .uploadLimit, .contentLayout, .skipChecking, .forceStart,
        .superSeeding, .queue, .seed, .files,
    ]

    private var termParts: [String] {
        var parts: [String] = []
        if let time = terms.notBefore { parts.append("notBefore=\(time)") }
        if let time = terms.giveUpAfterMilliseconds { parts.append("giveUpAfter=\(time)") }
        if terms.priority != 0 { parts.append("priority=\(terms.priority)") }
        if let stall = terms.stall {
            parts.append("stall=\(stall.afterMilliseconds) \(stall.then.rawValue)")
        }
        if terms.onVanish != .auto { parts.append("onVanish=\(terms.onVanish.rawValue)") }
        return parts
    }

    /// `nil` for one magnet link or info-hash, which is what most fixtures have.
    private var source: String? {
        let kinds = sources.map(Self.kind)
        return kinds.isEmpty || kinds == ["magnet"] || kinds == ["hash"] ? nil : kinds.joined(separator: ",")
    }

    private static func kind(_ text: String) -> String {
        do throws(MetainfoError) {
            switch try SourceText(text) {
            case .magnet: return "magnet"
            case .infoHash: return "hash"
            case .torrent: return "torrent"
            case .file(let name): return "file \(name)"
            case .url: return "url"
            }
        } catch {
            return "bad (\(error.code))"
        }
    }

    private static func text(_ release: Release) -> String {
        let parts: [(String, String?)] = [
            ("guid", release.guid), ("indexer", release.indexerID?.description), ("title", release.title),
            ("size", release.size?.description), ("magnet", release.magnetURL),
            ("url", release.downloadURL), ("hash", release.infoHash),
            ("minRatio", release.minimumRatio?.description),
            ("minSeed", release.minimumSeedSeconds?.description),
        ]
        return "release "
            + parts.compactMap { key, value in value.map { "\(key)=\($0)" } }
            .joined(separator: " ")
    }
}
