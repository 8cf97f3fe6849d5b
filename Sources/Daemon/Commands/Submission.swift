import Metainfo
public import Reconciliation
import Spool

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

    /// - Parameters:
    ///   - alternatives: Further sources of the one request, tried when those before are gone.
    /// - Returns: The requests' names, in the order of the sources.
    /// - Throws: ``Failure``; then none of the requests was written, unless writing itself failed.
    public func add(
        _ sources: [String], alternatives: [String] = [], name: String?, folder: String?,
        wishes: SubmissionWishes
    ) throws -> [RequestName] {
        let writer = try RequestWriter(directory: installation.layout.requests)
        var drafts: [Draft] = []
        for source in sources {
            let draft = try draft(source, alternatives, name: name, folder: folder, wishes: wishes)
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
        _ source: String, _ alternatives: [String], name: String?, folder: String?, wishes: SubmissionWishes
    ) throws -> Draft {
        let suffix = Self.isLink(source) ? "" : NamedFile.split(source).suffix
        guard ["torrent", "magnet", "json"].contains(suffix) else {
            let document = wishes.document(sources: [source] + alternatives)
            return Draft(name: full(name ?? Self.name(of: source), folder), files: [("json", document)])
        }
        let own = full(name ?? NamedFile.split(NamedFile.name(of: source)).stem, folder)
        let file = (suffix: suffix, bytes: try NamedFile.read(source))
        guard !wishes.isEmpty || !alternatives.isEmpty else { return Draft(name: own, files: [file]) }
        guard suffix != "json" else {
            throw Failure(
                .usage, "\(source) is a whole request: options beside it would have to be written into it")
        }
        return Draft(name: own, files: [file, ("json", wishes.document(sources: alternatives))])
    }

    private func full(_ name: String, _ folder: String?) -> RequestName {
        guard var folder, !folder.isEmpty else { return RequestName(name) }
        while folder.hasSuffix("/") { folder.removeLast() }
        return RequestName(folder + "/" + name)
    }

    /// The display name of a magnet where it has one, else its hash; what a file name cannot hold is
    /// replaced.
    private static func name(of source: String) -> String {
        RequestNaming.component(said(by: source)) ?? "request"
    }

    private static func said(by source: String) -> String {
        do throws(MetainfoError) {
            switch try SourceText(source) {
            case .magnet(let magnet): return magnet.displayName ?? magnet.identity.description
            case .infoHash(let hash): return hash.description
            case .torrent(let file): return file.name
            case .url(let url): return MaskedURL.fileName(url) ?? "request"
            case .file: return "request"
            }
        } catch {
            // The trial that follows says what is wrong with it.
            return "request"
        }
    }

    /// Anything but the path of a file.
    private static func isLink(_ source: String) -> Bool {
        if source.contains("://") { return true }
        let head = source.prefix(7).lowercased()
        return head.hasPrefix("magnet:") || head.hasPrefix("data:")
    }

    /// A source as an error may show it. Keys stand in the path and the query of addresses, and in the
    /// trackers of magnets.
    private static func shown(_ source: String) -> String {
        guard isLink(source) else { return DisplayText.cut(NamedFile.name(of: source), to: 200) }
        let scheme = source.prefix { $0 != ":" }.lowercased()
        guard scheme != "magnet", scheme != "data" else { return scheme + ":***" }
        return DisplayText.cut(MaskedURL.text(source), to: 200)
    }

    private func test(_ draft: Draft, _ source: String) throws {
        let files = draft.files.map {
            Trial.File(name: draft.name.lastComponent + "." + $0.suffix, bytes: $0.bytes)
        }
        if case .failure(let problem) = try trial.judge(files) {
            throw Failure(
                .personNeeded,
                "nothing was written: \(Self.shown(source)): \(problem.code): \(problem.message)")
        }
    }
}
