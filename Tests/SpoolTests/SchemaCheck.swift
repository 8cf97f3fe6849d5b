import JSON
import TestSupport

/// Holds documents against a schema with a validator that others wrote, and damages them.
enum SchemaCheck {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// - Returns: For each document that does not fit, by its place in the list, what does not.
    static func misfits(_ schema: [UInt8], _ documents: [[UInt8]]) throws -> [Int: String] {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let directory = try TemporaryDirectory()
        try directory.write(schema, to: "schema")
        for (index, document) in documents.enumerated() { try directory.write(document, to: "\(index)") }
        let result = try Command.run(
            "\(root)/tools/schema-check", ["schema"] + documents.indices.map(String.init),
            directory: directory.path)
        guard result.status == 0 || result.status == 1, result.errors.isEmpty else {
            throw Failure(description: "status \(result.status): \(result.errors)")
        }
        var misfits: [Int: String] = [:]
        for line in result.output.split(separator: "\n") {
            let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
            guard parts.count == 2, let index = Int(parts[0]) else {
                throw Failure(description: result.output)
            }
            misfits[index] = parts[1]
        }
        return misfits
    }

    struct Damage {
        let what: String
        let document: [UInt8]
    }

    /// The document in many copies, each with one thing wrong: a member missing, one too many, a value of
    /// another type.
    ///
    /// - Parameters:
    ///   - optional: Paths of members that may be missing, and of objects whose members all may.
    ///   - free: Paths of objects with names of any kind.
    static func damages(_ document: [UInt8], optional: Set<String>, free: Set<String>) throws -> [Damage] {
        let root = try JSONReader.document(document)
        var found: [Damage] = []
        let keep = { (what: String, node: JSONNode) in
            found.append(Damage(what: what, document: RequestProperties.text(of: node, pretty: false)))
        }
        spread(root, "", optional, free, keep)
        return found
    }

    private static func spread(
        _ node: JSONNode, _ path: String, _ optional: Set<String>, _ free: Set<String>,
        _ keep: (String, JSONNode) -> Void
    ) {
        let other = Self.node(.object([member("of-another-type", .bool(true))]))
        switch node.value {
        case .array(let elements):
            keep("\(path) is an object", other)
            for (index, element) in elements.enumerated() {
                spread(element, path + "[]", optional, free) { what, damaged in
                    var copy = elements
                    copy[index] = damaged
                    keep(what, Self.node(.array(copy)))
                }
            }
        case .object(let members):
            keep("\(path) is text", Self.node(.string("of another type")))
            if !free.contains(path) {
                keep("\(path) has a member more", Self.node(.object(members + [member("more", .integer(1))])))
            }
            for (index, found) in members.enumerated() {
                let here = path.isEmpty ? found.key : "\(path).\(found.key)"
                if !free.contains(path), !optional.contains(path), !optional.contains(here) {
                    var copy = members
                    copy.remove(at: index)
                    keep("\(here) is missing", Self.node(.object(copy)))
                }
                spread(found.node, here, optional, free) { what, damaged in
                    var copy = members
                    copy[index] = JSONMember(key: found.key, keyPlace: found.keyPlace, node: damaged)
                    keep(what, Self.node(.object(copy)))
                }
            }
        default: keep("\(path) is an object", other)
        }
    }

    private static func node(_ value: JSONValue) -> JSONNode {
        JSONNode(value: value, place: JSONPlace(offset: 0))
    }

    private static func member(_ key: String, _ value: JSONValue) -> JSONMember {
        JSONMember(key: key, keyPlace: JSONPlace(offset: 0), node: node(value))
    }
}
