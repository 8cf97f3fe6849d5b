import Glibc
import JSON
import Metainfo
public import Reconciliation
import Store

/// `qspool show`: one request from all sides.
public struct Portrait {
    private struct Row {
        let field: Field
        let wanted: FieldValue?
        let applied: FieldValue?
        let observed: FieldValue?
    }

    private let status: StatusFile
    private let memory: SubjectMemory
    private let torrent: Torrent?
    private let document: [UInt8]?
    private let rows: [Row]

    /// - Throws: ``Failure`` when no such request is known.
    public static func of(_ name: RequestName, in installation: Installation) throws -> Portrait {
        let store = try ReadOnlyStore.open(installation)
        guard let (key, memory) = try store.subject(named: name),
            let status = StatusFile.read(name, below: installation.layout.status)
        else {
            throw Failure(
                .usage, "there is no request “\(name)” that a pass has seen; `qspool list` shows the names")
        }
        let kept = try store.document(key, generation: nil)
        var wishes: [Field: FieldValue] = [:]
        if let live = try Self.wishes(inSpool: name, installation) {
            wishes = live
        } else if let kept, kept.suffix == "json", let identity = memory.acceptance?.identity,
            let source = try store.payload(for: identity)
        {
            wishes = try Self.wishes(kept.document, source, installation)
        }
        let torrent = try memory.following.flatMap { following in
            try store.recall().observed[ObservedKey(client: following.place(of: key), id: following.id)]
        }
        let rows = Field.allCases.sorted().compactMap { field -> Row? in
            guard wishes[field] != nil || memory.applied[field] != nil else { return nil }
            return Row(
                field: field, wanted: wishes[field], applied: memory.applied[field],
                observed: torrent?.value(of: field))
        }
        return Portrait(
            status: status, memory: memory, torrent: torrent, document: kept?.document, rows: rows)
    }

    /// What the request's file asks for now, with the defaults of its folders; `nil` when it is not there or
    /// not usable.
    private static func wishes(
        inSpool name: RequestName, _ installation: Installation
    ) throws -> [Field: FieldValue]? {
        let trial = Trial(installation)
        for suffix in ["json", "torrent", "magnet"] {
            let path = installation.layout.requests + "/" + name.text + "." + suffix
            guard access(path, R_OK) == 0 else { continue }
            if case .success(let request) = try trial.judge(path: path) { return request.wishes }
        }
        return nil
    }

    /// The request's wishes, decoded by the rules of a pass.
    private static func wishes(
        _ document: [UInt8], _ source: SourcePayload, _ installation: Installation
    ) throws -> [Field: FieldValue] {
        var files = [Trial.File(name: "request.json", bytes: document)]
        if case .success(let request) = try Trial(installation).judge(files) { return request.wishes }
        switch source {
        case .metainfo(let bytes): files.append(Trial.File(name: "request.torrent", bytes: bytes))
        case .magnet(let link): files.append(Trial.File(name: "request.magnet", bytes: Array(link.utf8)))
        }
        guard case .success(let request) = try Trial(installation).judge(files) else { return [:] }
        return request.wishes
    }

    /// For people.
    public var lines: [String] {
        var lines = ["\(status.name)"]
        func add(_ label: String, _ text: String) {
            guard !text.isEmpty else { return }
            lines.append("  " + label + String(repeating: " ", count: max(1, 11 - label.count)) + text)
        }
        add("phase", status.phase + (status.reason.isEmpty ? "" : " (\(status.reason))"))
        add("why", status.message)
        if let following = memory.following {
            add("torrent", "\(following.id)  \(torrent?.name ?? "")")
            add("ownership", following.ownership.rawValue)
        }
        if let acceptance = memory.acceptance {
            add("generation", "\(acceptance.generation), accepted \(acceptance.at)")
        }
        if let attempt = memory.attempt ?? memory.sources?.attempt {
            add("attempts", "\(attempt.failures), last \(attempt.lastAt.wall): \(attempt.error.message)")
        }
        for source in status.sources {
            add("source", source.verdict + "  " + source.source + (source.message.map { ": " + $0 } ?? ""))
        }
        add("next", next)
        if !rows.isEmpty {
            lines.append("")
            lines += Self.columns(
                [["FIELD", "WANTED", "APPLIED", "OBSERVED"]]
                    + rows.map { [$0.field.rawValue, text($0.wanted), text($0.applied), text($0.observed)] })
        }
        return lines
    }

    private func text(_ value: FieldValue?) -> String {
        value.map { $0.description.isEmpty ? "(empty)" : $0.description } ?? "–"
    }

    private static func columns(_ rows: [[String]]) -> [String] {
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            "  "
                + row.enumerated().map { index, cell in
                    index == 3 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count + 2)
                }.joined()
        }
    }

    private var next: String {
        if let withdrawal = memory.withdrawal {
            return "its file is gone since \(withdrawal.since.wall); the torrent goes after the grace"
        }
        if let ending = memory.ending {
            return ending.kind == .failed ? "nothing, until the request changes or `qspool retry`" : "nothing"
        }
        if let attempt = memory.attempt ?? memory.sources?.attempt {
            return "another try at \(attempt.nextAt.wall)"
        }
        if status.phase == Phase.rejected.rawValue { return "nothing, until the file changes" }
        if status.phase == Phase.resolving.rawValue { return "it is added when its source was fetched" }
        if status.phase == Phase.waiting.rawValue, memory.following == nil {
            return "it is added when it may be"
        }
        return memory.following == nil ? "the next pass adds it" : "it is followed and kept as asked"
    }

    /// For programs: the status file's members under `status`, the accepted request under `request`.
    public var json: [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginObject()
        writer.field("name", status.name)
        writer.field("next", next)
        writer.key("fields")
        writer.beginArray()
        for row in rows {
            writer.beginObject()
            writer.field("field", row.field.rawValue)
            writer.field("wanted", row.wanted?.description)
            writer.field("applied", row.applied?.description)
            writer.field("observed", row.observed?.description)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        // Both texts are JSON already: they are set in as they are.
        var bytes = Array(writer.bytes.dropLast(2))
        bytes += Array(",\n  \"status\": ".utf8) + status.text
        if let document, document.first == UInt8(ascii: "{") {
            bytes += Array(",\n  \"request\": ".utf8) + document
        }
        return bytes + Array("}\n".utf8)
    }
}
