import JSON
import Metainfo
import Reconciliation

/// Reads the files of one request and says what they are: a request, at fault, or not readable just now.
///
/// Whatever heals by itself (a file in the middle of being written, one that vanished between listing and
/// opening, no permission, no descriptors) is *unreadable* and never a rejection: the torrent stays as it is.
struct RequestJudge {
    enum Verdict {
        /// The request, and a digest over all that it consists of.
        case accepted(RequestDraft, digest: [UInt8])
        case rejected(Rejection)
        case unreadable(Unreadable)
    }

    struct Unreadable {
        let reason: String
        /// Worth another look soon, not only at the next full scan; in wall-clock milliseconds.
        var lookAgainAt: Int64?
    }

    /// What a JSON file turned out to be. Indirect, because many of them are moved around in arrays.
    indirect enum Document {
        case parsed(FileContent, Result<DecodedRequest, Problem>, RequestDecoder.Outline)
        case rejected(Rejection)
        case unreadable(Unreadable)
    }

    let settings: SpoolSettings
    let decoder: RequestDecoder
    let folder: Directory
    /// The wall clock of the reading, in milliseconds.
    let now: Int64

    /// Reads and parses the JSON file of a request.
    func document(_ file: SpoolFile, firstSeen: Int64) -> Document {
        switch content(of: file, firstSeen: firstSeen) {
        case .unreadable(let unreadable): return .unreadable(unreadable)
        case .rejected(let rejection): return .rejected(rejection)
        case .read(let content):
            do throws(JSONError) {
                let root = try JSONReader.document(content.bytes, limits: .request)
                return .parsed(content, decoder.decode(root, in: content.bytes), decoder.outline(of: root))
            } catch {
                // Only these can be the doing of a file that ends too early.
                let isUnfinished = ["empty", "bad-json", "bad-encoding"].contains(error.code)
                if isUnfinished, let wait = beingWritten(content.stamp, firstSeen: firstSeen) {
                    return .unreadable(wait)
                }
                let problem = Problem(
                    code: error.code, message: error.message, line: error.line, column: error.column)
                return .rejected(rejection(problem, of: content))
            }
        }
    }

    /// Judges a request whose JSON was parsed.
    ///
    /// - Parameters:
    ///   - side: The `.torrent` or `.magnet` of the same name, if any.
    ///   - named: The `.torrent` that the JSON names, if it names one and that one is there.
    func verdict(
        _ request: DecodedRequest, name: RequestName, content: FileContent, side: SpoolFile?,
        named: SpoolFile?, firstSeen: Int64
    ) -> Verdict {
        if request.named != nil, named == nil {
            return rejected(request.missingNamed, content)
        }
        var source: FileSource?
        for file in [named, side].compactMap({ $0 }) where source == nil || file.name != named?.name {
            switch self.source(of: file, firstSeen: firstSeen) {
            case .unreadable(let unreadable): return .unreadable(unreadable)
            case .rejected(let problem): return rejected(problem, content)
            case .read(let next):
                if let first = source, !Self.areSameTorrent(first, next) {
                    return rejected(request.ambiguous(with: file.name), content)
                }
                source = source ?? next
            }
        }
        guard request.hasSource || source != nil else {
            return rejected(DecodedRequest.missingSource, content)
        }
        let draft = RequestDraft(
            key: SubjectKey(client: request.client, name: name), wishes: request.wishes,
            onDelete: request.onDelete, labels: request.labels, isSuspended: request.isSuspended,
            aliases: request.aliases, terms: request.terms, sources: request.sources,
            release: request.release,
            sourceFile: source?.file, version: version(of: content), document: content.bytes,
            suffix: RequestSuffix.json.rawValue)
        return .accepted(draft, digest: Self.digest(draft.version, source))
    }

    /// Judges a request that is a `.torrent` or a `.magnet` alone.
    func verdict(bare file: SpoolFile, name: RequestName, firstSeen: Int64) -> Verdict {
        switch content(of: file, firstSeen: firstSeen) {
        case .unreadable(let unreadable): return .unreadable(unreadable)
        case .rejected(let rejection): return .rejected(rejection)
        case .read(let content):
            switch source(in: content, of: file, firstSeen: firstSeen) {
            case .unreadable(let unreadable): return .unreadable(unreadable)
            case .rejected(let problem): return rejected(problem, content)
            case .read(let source):
                let draft = RequestDraft(
                    key: SubjectKey(client: settings.client, name: name), wishes: [:], onDelete: .remove,
                    labels: [:], isSuspended: false, aliases: [], sources: [], sourceFile: source.file,
                    version: version(of: content), document: content.bytes, suffix: file.suffix.rawValue)
                return .accepted(draft, digest: Self.digest(draft.version, nil))
            }
        }
    }

    /// A request that cannot be carried out for a reason outside the content of its files. They are read only
    /// so that one version of the fault is told from the next.
    func verdict(rejecting files: [SpoolFile], for problem: Problem, firstSeen: Int64) -> Verdict {
        guard let file = files.first(where: { $0.suffix == .json }) ?? files.first,
            case .read(let content) = content(of: file, firstSeen: firstSeen)
        else { return .rejected(Rejection(problem: problem, version: nil)) }
        return rejected(problem, content)
    }

    private func rejected(_ problem: Problem, _ content: FileContent) -> Verdict {
        .rejected(rejection(problem, of: content))
    }

    func rejection(_ problem: Problem, of content: FileContent) -> Rejection {
        Rejection(problem: problem, version: version(of: content))
    }

    func version(of content: FileContent) -> RequestVersion {
        RequestVersion(digest: Digest.sha256(content.bytes), readAt: WallTime(milliseconds: now))
    }

    private static func digest(_ version: RequestVersion, _ source: FileSource?) -> [UInt8] {
        source.map { Digest.sha256(version.digest + Digest.sha256($0.bytes)) } ?? version.digest
    }

    private static func areSameTorrent(_ left: FileSource, _ right: FileSource) -> Bool {
        if left.bytes == right.bytes { return true }
        guard let one = left.identity, let other = right.identity else { return false }
        return one.overlaps(other)
    }
}
