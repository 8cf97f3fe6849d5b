import JSON

extension SettingForm where Value == String {
    /// A host name or address, with or without a port; IPv6 in brackets.
    static var host: Self {
        .text("a host such as nas.lan, 10.0.0.5 or [fd00::5]:9117") { text in
            isHost(text) ? text.lowercased() : nil
        }
    }

    private static func isHost(_ text: String) -> Bool {
        let allowed = { (byte: UInt8) in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "-._:[]".utf8.contains(byte)
            }
        }
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy(allowed) else { return false }
        let bytes = Array(text.utf8)
        let rest: ArraySlice<UInt8>
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")), end > 2 else { return false }
            rest = bytes[(end + 1)...]
        } else {
            let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
            guard end > 0, !bytes.contains(where: { "[]".utf8.contains($0) }) else { return false }
            rest = bytes[end...]
        }
        guard !rest.isEmpty else { return true }
        guard rest.first == UInt8(ascii: ":") else { return false }
        let port = Quantity.digits(String(decoding: rest.dropFirst(), as: UTF8.self))
        return port.map { (1...65_535).contains($0) } ?? false
    }
}

extension SettingForm where Value == [UInt8]? {
    /// A mapping, as the text of a JSON object; `nil` when it is empty. What its fields may be is checked by
    /// the rules of requests.
    static var jsonObject: Self {
        SettingForm("a mapping of request fields", isCollection: true) { node throws(BadValue) in
            if node.isNull { return nil }
            guard case .mapping(let entries) = node.content else { throw .notAllowed(node) }
            guard !entries.isEmpty else { return nil }
            var writer = JSONWriter(pretty: false)
            write(node, to: &writer)
            return writer.bytes
        }
    }

    private static func write(_ node: YAMLNode, to writer: inout JSONWriter) {
        switch node.content {
        case .mapping(let entries):
            writer.beginObject()
            for entry in entries {
                writer.key(entry.key)
                write(entry.value, to: &writer)
            }
            writer.endObject()
        case .sequence(let nodes):
            writer.beginArray()
            for node in nodes { write(node, to: &writer) }
            writer.endArray()
        case .scalar(let text, let isQuoted):
            if !isQuoted, node.isNull {
                writer.null()
            } else if !isQuoted, let flag = ["true": true, "false": false][text] {
                writer.value(flag)
            } else if !isQuoted, let number = integer(text) {
                writer.value(number)
            } else if !isQuoted, let number = Quantity.decimal(text) {
                writer.value(number)
            } else {
                writer.value(text)
            }
        }
    }

    private static func integer(_ text: String) -> Int64? {
        let isNegative = text.hasPrefix("-")
        return Quantity.digits(isNegative ? String(text.dropFirst()) : text)
            .map { Int64(isNegative ? -$0 : $0) }
    }
}
