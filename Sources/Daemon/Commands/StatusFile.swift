import Glibc
import JSON
public import Reconciliation

/// A status file as commands read it: some of its members, and the whole text.
public struct StatusFile: Sendable {
    private static let largest = 64 * 1024

    public var name = ""
    public var phase = ""
    public var reason = ""
    public var message = ""
    public var category = ""
    public var updatedAt = ""
    public var digest: String?
    public var progress: Double?
    public var size: Int64?
    public var downloadSpeed: Int64?
    public var eta: Int64?
    public var sources: [Source] = []
    /// The file as it is.
    public var text: [UInt8] = []

    /// One of the request's sources and what became of it.
    public struct Source: Sendable {
        public var source: String
        public var verdict: String
        public var message: String?
    }

    /// `nil` when there is no such file, or it is none of ours.
    public static func read(_ name: RequestName, below directory: String) -> StatusFile? {
        let path = directory + "/" + name.text + ".json"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: largest)
        var count = 0
        while count < bytes.count {
            let more = bytes[count...].withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            guard more > 0 else { break }
            count += more
        }
        return StatusFile(Array(bytes.prefix(count)))
    }

    init?(_ bytes: [UInt8]) {
        let root: JSONNode
        do throws(JSONError) {
            root = try JSONReader.document(bytes, limits: .server)
        } catch {
            return nil
        }
        guard let name = root["name"]?.text, let phase = root["phase"]?.text else { return nil }
        self.name = name
        self.phase = phase
        reason = root["reason"]?.text ?? ""
        message = root["message"]?.text ?? ""
        updatedAt = root["updatedAt"]?.text ?? ""
        digest = root["request"]?["digest"]?.text
        let torrent = root["torrent"]
        category = torrent?["category"]?.text ?? ""
        progress = torrent?["progress"]?.number
        size = torrent?["size"]?.integer
        downloadSpeed = torrent?["downloadSpeed"]?.integer
        eta = torrent?["eta"]?.integer
        if case .array(let nodes)? = root["sources"]?.value {
            sources = nodes.map {
                Source(
                    source: $0["source"]?.text ?? "", verdict: $0["verdict"]?.text ?? "",
                    message: $0["message"]?.text)
            }
        }
        text = bytes
    }

    /// Several as one JSON array.
    public static func array(_ files: [StatusFile]) -> [UInt8] {
        var bytes = Array("[".utf8)
        for (index, file) in files.enumerated() {
            if index > 0 { bytes += Array(",\n".utf8) }
            bytes += file.text.last == 10 ? file.text.dropLast() : file.text[...]
        }
        return bytes + Array("]\n".utf8)
    }
}

extension JSONNode {
    var text: String? {
        guard case .string(let text) = value else { return nil }
        return text
    }

    var integer: Int64? {
        guard case .integer(let number) = value else { return nil }
        return number
    }

    var number: Double? {
        switch value {
        case .integer(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }
}
