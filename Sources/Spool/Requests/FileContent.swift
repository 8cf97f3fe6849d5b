import Metainfo
import Reconciliation

/// The bytes of a request file, and the stamp it had when it was opened.
struct FileContent {
    let bytes: [UInt8]
    let stamp: FileStamp
}

/// A file that carries a source.
struct FileSource {
    let file: RequestDraft.SourceFile
    let bytes: [UInt8]

    /// Which torrent it is; `nil` where the file is at fault, which is told when the source is resolved.
    var identity: TorrentIdentity? {
        do throws(MetainfoError) {
            switch file {
            case .torrent(let bytes): return try TorrentFile(bytes: bytes).identity
            case .magnet(let line): return try Magnet(text: line).identity
            }
        } catch {
            return nil
        }
    }
}

extension RequestJudge {
    enum ContentReading {
        case read(FileContent)
        case rejected(Rejection)
        case unreadable(Unreadable)
    }

    enum SourceReading {
        case read(FileSource)
        case rejected(Problem)
        case unreadable(Unreadable)
    }

    /// Opens and reads a file by all the rules: no links, nothing but regular files, no more than the limit.
    func content(of file: SpoolFile, firstSeen: Int64) -> ContentReading {
        do throws(SystemFailure) {
            let open = try folder.file(file.name)
            let facts = try open.facts()
            guard facts.kind == .regular else { return .rejected(Self.notRegular(file, facts.kind)) }
            let limit = file.suffix.sizeLimit
            guard facts.stamp.size <= limit else { return .rejected(Self.tooLarge(file)) }
            let bytes = try open.read(limit: limit, facts: facts)
            guard bytes.count <= limit else { return .rejected(Self.tooLarge(file)) }
            let content = FileContent(bytes: bytes, stamp: facts.stamp)
            guard bytes.isEmpty else { return .read(content) }
            if let wait = beingWritten(content.stamp, firstSeen: firstSeen) { return .unreadable(wait) }
            let problem = Problem(code: "empty", message: "\(DisplayText.of(file.name)) is empty.")
            return .rejected(rejection(problem, of: content))
        } catch {
            return failed(file, error)
        }
    }

    private func failed(_ file: SpoolFile, _ failure: SystemFailure) -> ContentReading {
        let name = DisplayText.of(file.name)
        if failure.isMissing {
            return .unreadable(
                Unreadable(reason: "\(name) vanished while it was being read", lookAgainAt: again))
        }
        // ELOOP: it became a link since it was listed. ENXIO: a socket.
        if failure.isNoFolder { return .rejected(Self.notRegular(file, .link)) }
        if failure.isUnopenable { return .rejected(Self.notRegular(file, .special("a socket"))) }
        return .unreadable(
            Unreadable(
                reason: "\(name) cannot be read: \(failure)", lookAgainAt: failure.isShortage ? again : nil))
    }

    /// The source that a `.torrent` or `.magnet` carries. A torrent at fault is passed on, for whoever
    /// resolves sources to say what is wrong with it.
    func source(of file: SpoolFile, firstSeen: Int64) -> SourceReading {
        if case .file(let kind, _) = file.sight, kind != .regular {
            return .rejected(Self.notRegular(file, kind).problem)
        }
        switch content(of: file, firstSeen: firstSeen) {
        case .unreadable(let unreadable): return .unreadable(unreadable)
        case .rejected(let rejection): return .rejected(rejection.problem)
        case .read(let content): return source(in: content, of: file, firstSeen: firstSeen)
        }
    }

    func source(in content: FileContent, of file: SpoolFile, firstSeen: Int64) -> SourceReading {
        let wait = beingWritten(content.stamp, firstSeen: firstSeen)
        guard file.suffix == .magnet else {
            let source = FileSource(file: .torrent(content.bytes), bytes: content.bytes)
            if let wait, source.identity == nil { return .unreadable(wait) }
            return .read(source)
        }
        switch MagnetText.line(content.bytes) {
        case .success(let line):
            let source = FileSource(file: .magnet(line), bytes: content.bytes)
            if let wait, source.identity == nil { return .unreadable(wait) }
            return .read(source)
        case .failure(let problem):
            return wait.map { .unreadable($0) } ?? .rejected(problem)
        }
    }

    /// Whether the file counts as being written: it changed, and came into our sight as it is now, less than
    /// the settling time ago. Its own time alone would not do: a clock that is ahead would keep it waiting
    /// for ever.
    func beingWritten(_ stamp: FileStamp, firstSeen: Int64) -> Unreadable? {
        let settle = settings.settleMilliseconds
        let age = now - stamp.modifiedMilliseconds
        guard age < settle, age > -Self.clockSkew, now - firstSeen < settle else { return nil }
        let until = min(stamp.modifiedMilliseconds, firstSeen) + settle
        return Unreadable(reason: "being written", lookAgainAt: max(until, now + 1))
    }

    private var again: Int64 { now + max(settings.settleMilliseconds, 100) }

    /// How far ahead the clock of a file server may be. Unit: milliseconds.
    private static var clockSkew: Int64 { 60_000 }

    static func notRegular(_ file: SpoolFile, _ kind: FileKind) -> Rejection {
        Rejection(
            problem: Problem(
                code: "not-a-regular-file",
                message: "\(DisplayText.of(file.name)) is \(kind.word); only regular files are read."),
            version: nil)
    }

    private static func tooLarge(_ file: SpoolFile) -> Rejection {
        Rejection(
            problem: Problem(
                code: "too-large",
                message: "\(DisplayText.of(file.name)) is larger than \(file.suffix.sizeLimitText)."),
            version: nil)
    }
}
