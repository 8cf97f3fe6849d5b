import HTTP
import Metainfo
import Reconciliation

/// Torrents that go to the server in one `torrents/add`: equal options, all magnets or all files.
///
/// Magnets and files are not mixed, because one bad file makes a call of both a 415 with the magnets added.
struct AddBatch {
    /// A magnet has up to 64 kB and usually less than one; 10 000 in a call made a 4.5.2 deaf for 8 s.
    static let mostMagnets = 500
    /// 1 000 small files in a call took a 4.5.2 0.12 s and a 5.3.0 0.08 s.
    static let mostFiles = 500
    /// The server resets the connection at 64 MiB; a batch stays well below.
    static let mostBytes = 32 << 20

    struct Entry {
        /// The position of the action.
        let index: Int
        let identity: TorrentIdentity
        let payload: SourcePayload
    }

    let addition: Addition
    let capabilities: Capabilities
    private(set) var entries: [Entry] = []
    private var bytes = 0
    private var names: Set<TorrentID> = []

    init(_ addition: Addition, _ capabilities: Capabilities) {
        self.addition = addition
        self.capabilities = capabilities
    }

    var members: [Int] { entries.map(\.index) }

    /// Whether the entry can go with the others. An empty batch takes any.
    func fits(_ entry: Entry) -> Bool {
        let most = entry.isFile ? Self.mostFiles : Self.mostMagnets
        // Parts are keyed by file name: of two with the same name the first is dropped, and success reported.
        return entries.isEmpty
            || (entries.count < most && bytes + entry.size <= Self.mostBytes
                && !names.contains(entry.identity.preferredID))
    }

    mutating func append(_ entry: Entry) {
        precondition(
            fits(entry) && entries.allSatisfy { $0.isFile == entry.isFile }, "a batch has its limits")
        entries.append(entry)
        bytes += entry.size
        names.insert(entry.identity.preferredID)
    }

    /// The call that adds them all.
    var call: APICall {
        let magnets = entries.compactMap(\.magnet)
        if magnets.count == entries.count {
            let fields = Self.fields(for: addition, areFiles: false, capabilities)
            return .change("torrents/add", [("urls", magnets.joined(separator: "\n"))] + fields)
        }
        let files = entries.compactMap { entry -> HTTPRequest.Part? in
            guard case .metainfo(let bytes) = entry.payload else { return nil }
            return HTTPRequest.Part(
                name: "torrents", fileName: "\(entry.identity.preferredID).torrent",
                contentType: "application/x-bittorrent", bytes: bytes)
        }
        let fields = Self.fields(for: addition, areFiles: true, capabilities)
        return .upload(
            "torrents/add", fields.map { HTTPRequest.Part(name: $0.name, value: $0.value) } + files)
    }

    typealias Fields = [(name: String, value: String)]

    /// The options, as all versions understand them: what one does not know it ignores.
    ///
    /// - Parameter areFiles: They have their metadata, so those whose files are to be chosen first are added
    ///   stopped. A stopped magnet would never get any; it stops when it has it, where the version can.
    static func fields(for addition: Addition, areFiles: Bool, _ capabilities: Capabilities) -> Fields {
        var tags = [addition.ownershipTag]
        tags += addition.tags.filter { $0 != addition.ownershipTag }
        let stopped = addition.isStopped || (addition.awaitsSelection && areFiles) ? "true" : "false"
        var fields: Fields = [
            // Blanks around a tag would belong to it in 4.5.2.
            ("tags", tags.joined(separator: ",")),
            // 4.x knows the first word, 5.x the second, and each ignores the other: then it would start.
            ("paused", stopped), ("stopped", stopped),
        ]
        if addition.awaitsSelection, !areFiles, capabilities.stopsAtMetadata {
            fields.append(("stopCondition", "MetadataReceived"))
        }
        fields += places(of: addition)
        if let name = addition.rename { fields.append(("rename", name)) }
        if addition.sequentialDownload { fields.append(("sequentialDownload", "true")) }
        if addition.firstLastPiecePrio { fields.append(("firstLastPiecePrio", "true")) }
        if let limit = addition.downloadLimit { fields.append(("dlLimit", String(max(0, limit)))) }
        if let limit = addition.uploadLimit { fields.append(("upLimit", String(max(0, limit)))) }
        return fields + details(of: addition.options)
    }

    private static func places(of addition: Addition) -> Fields {
        var fields: Fields = []
        if let path = addition.savePath { fields.append(("savepath", path)) }
        let incomplete = addition.options.downloadPath
        if let incomplete {
            fields.append(("useDownloadPath", incomplete.isEmpty ? "false" : "true"))
            if !incomplete.isEmpty { fields.append(("downloadPath", incomplete)) }
        }
        if let category = addition.category { fields.append(("category", category)) }
        // Automatic management overrides a path, so a path says that it is off.
        let hasPath = addition.savePath != nil || incomplete != nil
        if let autoTMM = addition.autoTMM ?? (hasPath ? false : nil) {
            fields.append(("autoTMM", autoTMM ? "true" : "false"))
        }
        return fields
    }

    private static func details(of options: Addition.Options) -> Fields {
        var fields: Fields = []
        if let layout = options.contentLayout {
            fields.append(("contentLayout", layout.rawValue))
            // The only word of 4.2, which later versions ignore.
            fields.append(("root_folder", layout == .noSubfolder ? "false" : "true"))
        }
        if options.skipChecking {
            // The second is 5.3's word for the first, which it ignores.
            fields += [("skip_checking", "true"), ("seedMode", "true")]
        }
        if let place = options.queue {
            fields.append(("addToTopOfQueue", place == .top ? "true" : "false"))
        }
        return fields
    }
}

extension AddBatch.Entry {
    var isFile: Bool {
        switch payload {
        case .magnet: false
        case .metainfo: true
        }
    }

    var magnet: String? {
        switch payload {
        case .magnet(let link): link
        case .metainfo: nil
        }
    }

    var size: Int {
        switch payload {
        case .magnet(let link): link.utf8.count
        case .metainfo(let bytes): bytes.count
        }
    }

    /// Why this must not be sent: the server opens everything in `urls` that is no magnet link, files of its
    /// own disk too, and splits the text at line ends.
    var objection: ActionFailure? {
        guard let magnet else { return nil }
        guard magnet.hasPrefix("magnet:?"), magnet.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            return ActionFailure(
                remedy: .correctRequest, code: "bad-magnet",
                message: "The source is not one whole magnet link. Nothing was sent.")
        }
        return nil
    }
}
