import Metainfo
import Reconciliation
import Sourcing
import Testing

@Suite("Resolving sources")
struct SourceResolverTests {
    static let hash = "0123456789abcdef0123456789abcdef01234567"
    static let other = "fedcba98765432100123456789abcdef01234567"

    /// A small v1 torrent; another `name` is another torrent.
    static func torrent(_ name: String = "a") -> [UInt8] {
        let pieces = String(repeating: "p", count: 20)
        return Array(
            "d4:infod6:lengthi5e4:name\(name.utf8.count):\(name)12:piece lengthi16384e6:pieces20:\(pieces)ee"
                .utf8)
    }

    private static func draft(_ source: String?, _ file: RequestDraft.SourceFile? = nil) -> RequestDraft {
        RequestDraft(
            key: SubjectKey(name: RequestName("films/a")), wishes: [.category: .text("x")], onDelete: .keep,
            labels: ["movie": "603"], isSuspended: true, aliases: ["label → category"],
            sources: source.map { [.init(text: $0, line: 2, column: 13)] } ?? [], sourceFile: file,
            version: RequestVersion(digest: Digest.sha256([]), readAt: WallTime(milliseconds: 5)),
            document: [1, 2], suffix: "json")
    }

    private static func identity(_ name: String = "a") throws -> TorrentIdentity {
        try TorrentFile(bytes: torrent(name)).identity
    }

    private static func resolve(_ draft: RequestDraft) throws -> (Request, SourcePayload?) {
        let resolved = try SourceResolver.resolve(draft, hasProwlarr: false).get()
        #expect(resolved.candidates.count == 1)
        return (resolved.request, resolved.candidates.first?.found?.payload)
    }

    @Test("Everything else of the draft is carried over")
    func carriesOver() throws {
        let draft = Self.draft(Self.hash)
        let resolved = try SourceResolver.resolve(draft, hasProwlarr: false).get()
        let request = resolved.request
        #expect(request.key == draft.key && request.wishes == draft.wishes && request.onDelete == .keep)
        #expect(request.labels == draft.labels && request.isSuspended && request.aliases == draft.aliases)
        #expect(request.version == draft.version && request.terms == draft.terms)
        #expect(resolved.document == [1, 2] && resolved.suffix == "json")
        #expect(request.sources.isEmpty && request.size == nil)
    }

    @Test("A bare hash and a magnet become a link built by us")
    func links() throws {
        let (bare, sent) = try Self.resolve(Self.draft(Self.hash))
        #expect(sent == .magnet("magnet:?xt=urn:btih:\(Self.hash)"))
        #expect(bare.identity?.v1?.description == Self.hash)

        let text = "MAGNET:?dn=a+b&xs=http://evil.example/x&xl=77&xt=urn:btih:\(Self.hash.uppercased())"
        let (request, magnet) = try Self.resolve(Self.draft(text))
        guard case .magnet(let link) = magnet else {
            Issue.record("no link")
            return
        }
        #expect(link.hasPrefix("magnet:?xt=urn:btih:\(Self.hash)&dn="))
        #expect(!link.contains("evil"))
        #expect(request.size == 77)

        #expect(try Self.resolve(Self.draft(nil, .magnet(text))).1 == magnet)
    }

    @Test("A torrent stays the bytes it came in, from a file, by name or in a data: URL")
    func torrents() throws {
        let bytes = Self.torrent()
        let base64 = try #require(Self.base64(bytes))
        let drafts = [
            Self.draft(nil, .torrent(bytes)), Self.draft("x.torrent", .torrent(bytes)),
            Self.draft("data:application/x-bittorrent;base64,\(base64)"),
            Self.draft("data:application/x-bittorrent;base64,\(base64)", .torrent(bytes)),
        ]
        for draft in drafts {
            let (request, payload) = try Self.resolve(draft)
            #expect(try request.identity == Self.identity())
            #expect(request.size == 5)
            #expect(payload == .metainfo(bytes))
        }
    }

    @Test("A source beside a file of the same torrent is fine, and the torrent is sent")
    func agreeing() throws {
        let hash = try Self.identity().description
        let (request, payload) = try Self.resolve(Self.draft(hash, .torrent(Self.torrent())))
        #expect(payload == .metainfo(Self.torrent()))
        #expect(try request.identity == Self.identity())

        let magnet = "magnet:?xt=urn:btih:\(Self.hash)&tr=http%3A%2F%2Ft.example%2Fa"
        let (_, sent) = try Self.resolve(Self.draft(Self.hash, .magnet(magnet)))
        #expect(sent == .magnet("magnet:?xt=urn:btih:\(Self.hash)"))

        let v2 = String(repeating: "ab", count: 32)
        let hybrid = "magnet:?xt=urn:btih:\(Self.hash)&xt=urn:btmh:1220\(v2)"
        let (both, _) = try Self.resolve(Self.draft(Self.hash, .magnet(hybrid)))
        #expect(both.identity?.v2?.description == v2)
    }

    @Test(
        "Faults have their code and the place of the source",
        arguments: [
            ("two torrents", draft(hash, .torrent(torrent())), "ambiguous", true),
            ("two links", draft(hash, .magnet("magnet:?xt=urn:btih:\(other)")), "ambiguous", true),
            ("nothing", draft(nil), "missing-field", false),
            ("a name without file", draft("x.torrent"), "missing-field", true),
            ("no hash", draft("all"), "bad-infohash", true),
            ("a bad magnet", draft("magnet:?dn=x"), "bad-magnet", true),
            ("a bad magnet file", draft(nil, .magnet("magnet:?dn=x")), "bad-magnet", false),
            ("a bad torrent file", draft(nil, .torrent([1])), "bad-torrent", false),
            ("a bad torrent by name", draft("x.torrent", .torrent([1])), "bad-torrent", false),
            ("an address with a user", draft("https://a:b@example.org/x.torrent"), "url-not-allowed", true),
            ("a local file", draft("file:///etc/passwd"), "url-not-allowed", true),
            ("another folder", draft("../x.torrent"), "bad-path", true),
        ])
    func faults(_ name: String, _ draft: RequestDraft, _ code: String, _ hasPlace: Bool) {
        guard case .failure(let problem) = SourceResolver.resolve(draft, hasProwlarr: true) else {
            Issue.record("\(name) was taken")
            return
        }
        #expect(problem.code == code, "\(name)")
        #expect(problem.field == "source")
        #expect((problem.line == 2 && problem.column == 13) == hasPlace, "\(name)")
    }

    private static func base64(_ bytes: [UInt8]) -> String? {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let bits = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - part.count))
            for index in 0..<4 {
                text.append(index <= part.count ? digits[Int(bits >> UInt32(18 - 6 * index) & 63)] : "=")
            }
        }
        return text
    }
}
