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

    /// What the text of a JSON file turned out to be.
    enum Parsing {
        case parsed(JSONNode)
        case rejected(Problem)
        case unreadable(Unreadable)
    }

    let settings: SpoolSettings
    let decoder: RequestDecoder
    let folder: Directory
    /// What holds for every request of the folder.
    let defaults: FolderDefaults
    /// The wall clock of the reading, in milliseconds.
    let now: Int64

    /// Reads and parses the JSON file of a request.
    func document(_ file: SpoolFile, firstSeen: Int64) -> Document {
        switch content(of: file, firstSeen: firstSeen) {
        case .unreadable(let unreadable): return .unreadable(unreadable)
        case .rejected(let rejection): return .rejected(rejection)
        case .read(let content):
            switch parse(content, firstSeen: firstSeen) {
            case .unreadable(let unreadable): return .unreadable(unreadable)
            case .rejected(let problem): return .rejected(rejection(problem, of: content))
            case .parsed(let root):
                return .parsed(
                    content, decoder.decode(root, in: content.bytes, defaults: defaults.said),
                    decoder.outline(of: root, defaults: defaults.said))
            }
        }
    }

    func parse(_ content: FileContent, firstSeen: Int64) -> Parsing {
        do throws(JSONError) {
            return .parsed(try JSONReader.document(content.bytes, limits: .request))
        } catch {
            // Only these can be the doing of a file that ends too early.
            let isUnfinished = ["empty", "bad-json", "bad-encoding"].contains(error.code)
            if isUnfinished, let wait = beingWritten(content.stamp, firstSeen: firstSeen) {
                return .unreadable(wait)
            }
            return .rejected(Problem(error))
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
        let draft = draft(request, name, content, source, .json)
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
                if let problem = decoder.unnamedClient(defaults.said.options.client) {
                    return rejected(problem, content)
                }
                let draft = draft(decoder.bare(defaults.said), name, content, source, file.suffix)
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

    /// Whether a request means the same under one set of defaults as under the other.
    func means(_ draft: RequestDraft, theSameUnder one: FolderDefaults, as other: FolderDefaults) -> Bool {
        guard one != other else { return true }
        guard draft.suffix == RequestSuffix.json.rawValue else {
            return decoder.bare(one.said) == decoder.bare(other.said)
        }
        do throws(JSONError) {
            let root = try JSONReader.document(draft.document, limits: .request)
            return decoder.decode(root, in: draft.document, defaults: one.said)
                == decoder.decode(root, in: draft.document, defaults: other.said)
        } catch {
            return false
        }
    }

    private func draft(
        _ request: DecodedRequest, _ name: RequestName, _ content: FileContent, _ source: FileSource?,
        _ suffix: RequestSuffix
    ) -> RequestDraft {
        RequestDraft(
            key: SubjectKey(client: request.client, name: name), wishes: request.wishes,
            onDelete: request.onDelete, labels: request.labels, isSuspended: request.isSuspended,
            aliases: request.aliases, terms: request.terms, sources: request.sources,
            release: request.release, sourceFile: source?.file, version: version(of: content),
            document: content.bytes, suffix: suffix.rawValue)
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
