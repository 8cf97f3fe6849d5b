import JSON
import Metainfo
public import Reconciliation
import Spool

/// What `add` writes besides the source.
public struct SubmissionWishes {
    public var category: String?
    public var tags: [String] = []
    public var savePath: String?
    public var rename: String?
    public var downloadLimit: String?
    public var uploadLimit: String?
    public var state: String?
    public var sequentialDownload = false
    public var firstLastPiecePrio = false
    public var onDelete: String?
    public var labels: [(key: String, value: String)] = []

    public init() {}

    var isEmpty: Bool {
        category == nil && tags.isEmpty && savePath == nil && rename == nil && downloadLimit == nil
            && uploadLimit == nil && state == nil && !sequentialDownload && !firstLastPiecePrio
            && onDelete == nil && labels.isEmpty
    }

    /// The request's JSON. Without a source the `.torrent` beside it is the source.
    func document(source: String?) -> [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginObject()
        if let source { writer.field("source", source) }
        if let state { writer.field("state", state) }
        if let category { writer.field("category", category) }
        if !tags.isEmpty { writer.field("tags", tags) }
        if let savePath { writer.field("savePath", savePath) }
        if let rename { writer.field("rename", rename) }
        limit("downloadLimit", downloadLimit, &writer)
        limit("uploadLimit", uploadLimit, &writer)
        if sequentialDownload { writer.field("sequentialDownload", true) }
        if firstLastPiecePrio { writer.field("firstLastPiecePrio", true) }
        if let onDelete { writer.field("onDelete", onDelete) }
        if !labels.isEmpty {
            writer.key("labels")
            writer.beginObject()
            for label in labels { writer.field(label.key, label.value) }
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes + [10]
    }

    private func limit(_ key: String, _ text: String?, _ writer: inout JSONWriter) {
        guard let text else { return }
        if let number = Int64(text) { writer.field(key, number) } else { writer.field(key, text) }
    }
}

/// `qspool add`: turns sources of the command line into request files. Nothing is written for a request that
/// a pass would reject.
public struct Submission {
    private let installation: Installation
    private let trial: Trial

    public init(_ installation: Installation) {
        self.installation = installation
        trial = Trial(installation)
    }

    private struct Draft {
        let name: RequestName
        let files: [(suffix: String, bytes: [UInt8])]
    }

    /// - Returns: The requests' names, in the order of the sources.
    /// - Throws: ``Failure``; then none of the requests was written, unless writing itself failed.
    public func add(
        _ sources: [String], name: String?, folder: String?, wishes: SubmissionWishes
    ) throws -> [RequestName] {
        let writer = try RequestWriter(directory: installation.layout.requests)
        var drafts: [Draft] = []
        for source in sources {
            let draft = try draft(source, name: name, folder: folder, wishes: wishes)
            guard !drafts.contains(where: { $0.name == draft.name }), try !writer.exists(draft.name) else {
                throw Failure(
                    .usage, "there is a request “\(draft.name)” already; give this one another with --name")
            }
            try test(draft, source)
            drafts.append(draft)
        }
        for draft in drafts { try writer.create(draft.name, files: draft.files) }
        return drafts.map(\.name)
    }

    private func draft(
        _ source: String, name: String?, folder: String?, wishes: SubmissionWishes
    ) throws -> Draft {
        let isFile = NamedFile.split(source).suffix == "torrent" && !source.contains("://")
        if isFile {
            let bytes = try NamedFile.read(source)
            let own = name ?? NamedFile.split(NamedFile.name(of: source)).stem
            let torrent = (suffix: "torrent", bytes: bytes)
            return Draft(
                name: full(own, folder),
                files: wishes.isEmpty ? [torrent] : [torrent, ("json", wishes.document(source: nil))])
        }
        let document = wishes.document(source: source)
        return Draft(
            name: full(name ?? Self.name(of: source), folder), files: [("json", document)])
    }

    private func full(_ name: String, _ folder: String?) -> RequestName {
        guard var folder, !folder.isEmpty else { return RequestName(name) }
        while folder.hasSuffix("/") { folder.removeLast() }
        return RequestName(folder + "/" + name)
    }

    /// The display name of a magnet where it has one, else its hash; what a file name cannot hold is
    /// replaced.
    private static func name(of source: String) -> String {
        let text = said(by: source)
        let safe = text.map { character -> Character in
            let isBad =
                character == "/" || character.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
            return isBad ? "_" : character
        }
        var name = String(safe)
        while let first = name.first, first == "." || first == "_" || first == " " { name.removeFirst() }
        while name.utf8.count > 200 { name.removeLast() }
        while name.hasSuffix(" ") || name.hasSuffix("~") { name.removeLast() }
        return name.isEmpty ? "request" : name
    }

    private static func said(by source: String) -> String {
        do throws(MetainfoError) {
            switch try SourceText(source) {
            case .magnet(let magnet): return magnet.displayName ?? magnet.identity.description
            case .infoHash(let hash): return hash.description
            case .torrent(let file): return file.name
            case .file, .url: return "request"
            }
        } catch {
            // The trial that follows says what is wrong with it.
            return "request"
        }
    }

    private func test(_ draft: Draft, _ source: String) throws {
        let files = draft.files.map {
            Trial.File(name: draft.name.lastComponent + "." + $0.suffix, bytes: $0.bytes)
        }
        if case .failure(let problem) = try trial.judge(files) {
            throw Failure(
                .personNeeded,
                "nothing was written: \(NamedFile.name(of: source).prefix(200)): \(problem.code): "
                    + problem.message)
        }
    }
}
