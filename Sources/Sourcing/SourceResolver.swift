import Metainfo
public import Reconciliation

/// Turns a draft into a request: finds out which torrent its source means, before any server hears of it.
///
/// Pure: everything it looks at is in the draft.
public enum SourceResolver {
    /// - Returns: The request with what must be kept and sent of it, or what is wrong with its source. A
    ///   magnet link and a bare info-hash become a link that is built anew from the checked parts; a torrent
    ///   stays the bytes it came in.
    public static func resolve(_ draft: RequestDraft) -> Result<(Request, RequestPayload), Problem> {
        do throws(Problem) {
            let source = try source(of: draft)
            let request = Request(
                key: draft.key, identity: source.identity, wishes: draft.wishes, onDelete: draft.onDelete,
                labels: draft.labels, isSuspended: draft.isSuspended, version: draft.version,
                aliases: draft.aliases)
            let payload = RequestPayload(
                document: draft.document, suffix: draft.suffix, source: source.payload)
            return .success((request, payload))
        } catch {
            return .failure(error)
        }
    }

    private struct Source {
        let identity: TorrentIdentity
        let payload: SourcePayload

        init(identity: TorrentIdentity, payload: SourcePayload) {
            self.identity = identity
            self.payload = payload
        }

        init(_ magnet: Magnet) {
            self.init(identity: magnet.identity, payload: .magnet(magnet.link()))
        }

        init(_ torrent: TorrentFile) {
            self.init(identity: torrent.identity, payload: .metainfo(torrent.bytes))
        }
    }

    /// What the text says and what the file holds must be one torrent. Of the two the file is sent where it
    /// is a torrent: it needs no peers to be complete.
    private static func source(of draft: RequestDraft) throws(Problem) -> Source {
        let file = try draft.sourceFile.map { (file) throws(Problem) in try resolve(file) }
        guard let text = draft.sources.first else {
            guard let file else { throw missing("There is no source.", nil) }
            return file
        }
        guard let said = try resolve(text) else {
            guard let file else { throw missing("The .torrent that the source names is not there.", text) }
            return file
        }
        guard let file else { return said }
        guard said.identity.overlaps(file.identity) else {
            throw Problem(
                code: "ambiguous",
                message: "The source means the torrent \(said.identity), and the file beside the request is "
                    + "\(file.identity).",
                field: "source", line: text.line, column: text.column)
        }
        let payload: SourcePayload
        if case .metainfo = file.payload { payload = file.payload } else { payload = said.payload }
        return Source(identity: file.identity.merging(said.identity), payload: payload)
    }

    private static func resolve(_ file: RequestDraft.SourceFile) throws(Problem) -> Source {
        do throws(MetainfoError) {
            switch file {
            case .torrent(let bytes): return Source(try TorrentFile(bytes: bytes))
            case .magnet(let line): return Source(try Magnet(text: line))
            }
        } catch {
            throw Problem(code: error.code, message: error.message, field: "source")
        }
    }

    /// - Returns: `nil` when the text names a file, whose content the draft carries.
    private static func resolve(_ text: RequestDraft.SourceText) throws(Problem) -> Source? {
        do throws(MetainfoError) {
            switch try SourceText(text.text) {
            case .magnet(let magnet): return Source(magnet)
            case .infoHash(let hash): return Source(Magnet(infoHash: hash))
            case .torrent(let torrent): return Source(torrent)
            case .file: return nil
            case .url:
                throw MetainfoError(
                    code: "not-yet",
                    message: "This version does not carry out a source that is an http(s) address.")
            }
        } catch {
            throw Problem(
                code: error.code, message: error.message, field: "source", line: text.line,
                column: text.column)
        }
    }

    private static func missing(_ message: String, _ text: RequestDraft.SourceText?) -> Problem {
        Problem(
            code: "missing-field", message: message, field: "source", line: text?.line, column: text?.column)
    }
}
