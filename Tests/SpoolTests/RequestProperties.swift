import JSON
import Metainfo
import Reconciliation

@testable import Spool

/// What holds for every text that is offered as a request file, whatever it is. Used by the tests and by the
/// fuzzer (`tools/fuzz`).
enum RequestProperties {
    private static let decoder = RequestDecoder(settings: SpoolSettings(directory: "/requests"))

    /// - Returns: One sentence about the first property that does not hold.
    static func violation(_ bytes: [UInt8]) -> String? {
        do throws(JSONError) {
            let root = try JSONReader.document(bytes, limits: .request)
            return decoding(root, bytes)
        } catch {
            guard jsonCodes.contains(error.code), !error.message.isEmpty else {
                return "an error without a known code or without words: \(error)"
            }
            guard (0...bytes.count).contains(error.offset ?? 0) else { return "an offset outside: \(error)" }
            return isInside(error.line, error.column, bytes) ? nil : "a place outside: \(error)"
        }
    }

    private static let jsonCodes: Set = [
        "empty", "bad-json", "bad-encoding", "duplicate-key", "too-deep", "too-large",
    ]

    private static func decoding(_ root: JSONNode, _ bytes: [UInt8]) -> String? {
        let result = decoder.decode(root, in: bytes)
        // Not for each: the nearest of a hundred keys takes longer than all the rest.
        if bytes.count % 4 == 0, result != decoder.decode(root, in: bytes) {
            return "a second look says something else"
        }
        switch result {
        case .success(let request):
            return sources(of: request, bytes) ?? defaults(root, bytes, request)
                ?? rewritten(root, request, pretty: false) ?? rewritten(root, request, pretty: true)
        case .failure(let problem):
            guard isWord(problem.code), !problem.message.isEmpty else { return "no code or no words" }
            guard
                !problem.message.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else { return "a message holds control characters: \(problem.message.debugDescription)" }
            guard problem.line != nil, problem.column != nil else { return "no place: \(problem)" }
            guard isInside(problem.line, problem.column, bytes) else { return "a place outside: \(problem)" }
            return bytes.count % 4 == 1 ? defaults(root, bytes, nil) : nil
        }
    }

    /// A request says the same whatever the white space, the escapes and the line breaks of its file.
    private static func rewritten(_ root: JSONNode, _ request: DecodedRequest, pretty: Bool) -> String? {
        let bytes = text(of: root, pretty: pretty)
        do throws(JSONError) {
            let again = try JSONReader.document(bytes, limits: .request)
            guard case .success(let second) = decoder.decode(again, in: bytes) else {
                return "refused once it is written anew"
            }
            return placeless(second) == placeless(request) ? nil : "something else once it is written anew"
        } catch {
            return "no JSON once it is written anew: \(error)"
        }
    }

    private static func placeless(_ request: DecodedRequest) -> DecodedRequest {
        var request = request
        request.sources = request.sources.map { RequestDraft.SourceText(text: $0.text, line: 1, column: 1) }
        request.release = request.release.map {
            RequestDraft.ReleaseText(release: $0.release, line: 1, column: 1)
        }
        return request
    }

    private static func sources(of request: DecodedRequest, _ bytes: [UInt8]) -> String? {
        if let release = request.release, !isInside(release.line, release.column, bytes) {
            return "a search result outside of the file"
        }
        for source in request.sources {
            guard isInside(source.line, source.column, bytes) else { return "a source outside of the file" }
            do throws(MetainfoError) {
                let isNamed = try SourceText(source.text) == request.named.map { .file($0) }
                if case .file = try SourceText(source.text), !isNamed { return "two names of a .torrent" }
            } catch {
                // A link or a torrent that is the only source is judged when it is resolved.
                let text = source.text.utf8.prefix(5).map { $0 | 0x20 }
                let isLater = text.elementsEqual("magne".utf8) || text.elementsEqual("data:".utf8)
                guard request.sources.count == 1, isLater, isWord(error.code) else {
                    return "a source was taken that is none: \(error)"
                }
            }
        }
        return nil
    }

    /// Defaults are what a request says without its source, and laid over themselves they stay the same.
    private static func defaults(_ root: JSONNode, _ bytes: [UInt8], _ request: DecodedRequest?) -> String? {
        switch decoder.defaults(root, in: bytes) {
        case .success(let defaults):
            guard defaults.over(defaults) == defaults, defaults.over(.none) == defaults else {
                return "defaults change when they are laid over themselves"
            }
            let bare = decoder.bare(defaults)
            guard let request else { return nil }
            return bare.wishes == request.wishes && bare.terms == request.terms
                && bare.labels == request.labels && bare.client == request.client
                ? nil : "defaults say something else than the request"
        case .failure(let problem):
            return isInside(problem.line, problem.column, bytes) ? nil : "a place outside: \(problem)"
        }
    }

    /// Whether a place is one of the file: a line that is there, a column up to the one behind its end.
    private static func isInside(_ line: Int?, _ column: Int?, _ bytes: [UInt8]) -> Bool {
        guard let line, let column else { return line == nil && column == nil }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard (1...lines.count).contains(line) else { return false }
        return (1...lines[line - 1].count + 1).contains(column)
    }

    private static func isWord(_ code: String) -> Bool {
        !code.isEmpty && code.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") }
    }

    /// The value as a text again.
    static func text(of node: JSONNode, pretty: Bool) -> [UInt8] {
        var writer = JSONWriter(pretty: pretty)
        write(node, to: &writer)
        return writer.bytes
    }

    private static func write(_ node: JSONNode, to writer: inout JSONWriter) {
        switch node.value {
        case .null: writer.null()
        case .bool(let truth): writer.value(truth)
        case .integer(let number): writer.value(number)
        case .double(let number): writer.value(number)
        case .string(let text): writer.value(text)
        case .array(let elements):
            writer.beginArray()
            for element in elements { write(element, to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.key(member.key)
                write(member.node, to: &writer)
            }
            writer.endObject()
        }
    }
}
