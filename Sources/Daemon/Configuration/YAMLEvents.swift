internal import CYAML

/// libyaml's event parser over one text, with what it allocates freed in time.
///
/// libyaml keeps pointers into the parser and into the input, so both live at fixed addresses for as long as
/// this object does.
final class YAMLEvents {
    struct Event {
        enum Kind: Equatable {
            case documentStart, sequenceStart, sequenceEnd, mappingStart, mappingEnd, streamEnd, alias
            case scalar(String, isQuoted: Bool)
            /// Begin of the stream and end of a document: nothing to learn from them.
            case other
        }

        let kind: Kind
        let hasAnchor: Bool
        let hasTag: Bool
        let line: Int
        let column: Int

        func error(_ message: String) -> YAMLError {
            YAMLError(message: message, line: line, column: column)
        }

        func node(_ content: YAMLNode.Content) -> YAMLNode {
            YAMLNode(content, line: line, column: column)
        }
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    /// - Throws: ``YAMLError`` when libyaml cannot allocate its buffers.
    init(_ bytes: [UInt8]) throws(YAMLError) {
        parser = .allocate(capacity: 1)
        input = .allocate(capacity: max(bytes.count, 1))
        _ = input.initialize(from: bytes)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            input.deallocate()
            throw YAMLError(message: "there is no memory to read it", line: 1, column: 1)
        }
        // Without this a byte order mark could switch to UTF-16.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// - Throws: ``YAMLError`` when the text is not YAML or not UTF-8.
    func next() throws(YAMLError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        return Self.read(event)
    }

    private func failure() -> YAMLError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
        let mark = parser.pointee.problem_mark
        guard parser.pointee.error == YAML_READER_ERROR else {
            return YAMLError(message: problem, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
        }
        // The reader knows bytes only. Its places are counted here: lines end with \n, continuation bytes of
        // UTF-8 (10xxxxxx) do not begin a character.
        let before = input.prefix(Int(parser.pointee.problem_offset))
        let line = before.count { $0 == 0x0A }
        let column = before.reversed().prefix { $0 != 0x0A }.count { $0 & 0xC0 != 0x80 }
        return YAMLError(message: problem, line: line + 1, column: column + 1)
    }

    private static func read(_ event: yaml_event_t) -> Event {
        let data = event.data
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let text = String(decoding: bytes, as: UTF8.self)
            let isQuoted = scalar.style != YAML_PLAIN_SCALAR_STYLE
            return make(event, .scalar(text, isQuoted: isQuoted), scalar.anchor != nil, scalar.tag != nil)
        case YAML_SEQUENCE_START_EVENT:
            let start = data.sequence_start
            return make(event, .sequenceStart, start.anchor != nil, start.tag != nil)
        case YAML_MAPPING_START_EVENT:
            let start = data.mapping_start
            return make(event, .mappingStart, start.anchor != nil, start.tag != nil)
        case YAML_SEQUENCE_END_EVENT: return make(event, .sequenceEnd)
        case YAML_MAPPING_END_EVENT: return make(event, .mappingEnd)
        case YAML_ALIAS_EVENT: return make(event, .alias)
        case YAML_DOCUMENT_START_EVENT: return make(event, .documentStart)
        case YAML_STREAM_END_EVENT: return make(event, .streamEnd)
        default: return make(event, .other)
        }
    }

    private static func make(
        _ event: yaml_event_t, _ kind: Event.Kind, _ hasAnchor: Bool = false, _ hasTag: Bool = false
    ) -> Event {
        let mark = event.start_mark
        return Event(
            kind: kind, hasAnchor: hasAnchor, hasTag: hasTag,
            line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
