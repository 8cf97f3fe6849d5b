import JSON

/// What an error says for people, where it says it in a form that is known.
enum ErrorMessage {
    /// A longer answer is no error. Unit: bytes.
    private static let longest = 65_536

    /// `message`, `error`, `errorMessage`, … of an object, or of the first one in an array.
    static func inJSON(_ bytes: [UInt8]) -> String? {
        guard bytes.count <= longest else { return nil }
        do {
            let root = try JSONReader.document(bytes, limits: .server)
            if case .array(let nodes) = root.value { return nodes.first.flatMap { message(of: $0) } }
            return message(of: root)
        } catch {
            // Not JSON after all; its first bytes are shown instead.
            return nil
        }
    }

    private static func message(of node: JSONNode) -> String? {
        for key in ["message", "errorMessage", "error", "description", "title", "detail"] {
            guard case .string(let text)? = node[key]?.value, !text.isEmpty else { continue }
            return text
        }
        return nil
    }

    /// The `description` of `<error code="…" description="…"/>`.
    static func inXML(_ bytes: [UInt8]) -> String? {
        guard let error = bytes.firstRange(of: Array("<error".utf8))?.upperBound,
            let start = bytes[error...].firstRange(of: Array("description=\"".utf8))?.upperBound,
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\""))
        else { return nil }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
