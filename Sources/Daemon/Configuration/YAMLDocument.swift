/// Reads one YAML document from libyaml's events into a strict tree.
///
/// Refused, each with line and column: keys given twice, anchors, aliases, tags, keys that are not plain
/// text, more than one document, nesting over ``maximumDepth``, more than ``maximumBytes``. A configuration
/// needs none of them, and each can make the file say something else than it seems to.
enum YAMLDocument {
    /// Collections within each other. The configuration itself needs 4.
    static let maximumDepth = 16
    /// 1 MiB, as for requests.
    static let maximumBytes = 1 << 20

    /// - Returns: The root, or `nil` when the text holds no document (empty, or comments only).
    /// - Throws: ``YAMLError`` at the first defect.
    static func parse(_ bytes: [UInt8]) throws(YAMLError) -> YAMLNode? {
        guard bytes.count <= maximumBytes else {
            throw YAMLError(message: "the file is larger than 1 MiB", line: 1, column: 1)
        }
        let events = try YAMLEvents(bytes)
        _ = try events.next()  // The stream begins.
        guard try events.next().kind == .documentStart else { return nil }
        let root = try node(from: try events.next(), events, depth: 0)
        _ = try events.next()  // The document ends.
        let after = try events.next()
        guard after.kind == .streamEnd else {
            throw after.error("a second document begins here; only one is read")
        }
        return root
    }

    private static func node(
        from event: YAMLEvents.Event, _ events: YAMLEvents, depth: Int
    ) throws(YAMLError) -> YAMLNode {
        guard !event.hasAnchor else { throw event.error("anchors (&name) are not accepted") }
        guard !event.hasTag else { throw event.error("tags (!name) are not accepted") }
        switch event.kind {
        case .scalar(let text, let isQuoted):
            return event.node(.scalar(text, isQuoted: isQuoted))
        case .sequenceStart:
            return event.node(.sequence(try sequence(event, events, depth: depth + 1)))
        case .mappingStart:
            return event.node(.mapping(try mapping(event, events, depth: depth + 1)))
        case .alias:
            throw event.error("aliases (*name) are not accepted")
        case .documentStart, .sequenceEnd, .mappingEnd, .streamEnd, .other:
            throw event.error("a value is expected here")
        }
    }

    private static func sequence(
        _ start: YAMLEvents.Event, _ events: YAMLEvents, depth: Int
    ) throws(YAMLError) -> [YAMLNode] {
        try check(depth, start)
        var elements: [YAMLNode] = []
        while true {
            let event = try events.next()
            if event.kind == .sequenceEnd { return elements }
            elements.append(try node(from: event, events, depth: depth))
        }
    }

    private static func mapping(
        _ start: YAMLEvents.Event, _ events: YAMLEvents, depth: Int
    ) throws(YAMLError) -> [YAMLNode.Entry] {
        try check(depth, start)
        var entries: [YAMLNode.Entry] = []
        var seen: Set<String> = []
        while true {
            let event = try events.next()
            if event.kind == .mappingEnd { return entries }
            let key = try node(from: event, events, depth: depth)
            guard case .scalar(let name, _) = key.content else {
                throw event.error("a key must be plain text")
            }
            guard seen.insert(name).inserted else {
                throw event.error("the key `\(Shown.text(name))` is given twice")
            }
            let value = try node(from: try events.next(), events, depth: depth)
            entries.append(YAMLNode.Entry(key: name, line: key.line, column: key.column, value: value))
        }
    }

    private static func check(_ depth: Int, _ event: YAMLEvents.Event) throws(YAMLError) {
        guard depth <= maximumDepth else {
            throw event.error("the nesting is deeper than \(maximumDepth)")
        }
    }
}
