/// How the value of a setting is written and what is allowed: reads a node into a typed value.
struct SettingForm<Value: Sendable>: Sendable {
    /// What is allowed, to follow "it must be".
    let allowed: String
    /// Whether the value is a list or a mapping, which the environment gives as YAML flow text. Others are
    /// taken from there as they stand.
    let isCollection: Bool
    let read: @Sendable (YAMLNode) throws(BadValue) -> Value

    init(
        _ allowed: String, isCollection: Bool = false,
        read: @escaping @Sendable (YAMLNode) throws(BadValue) -> Value
    ) {
        self.allowed = allowed
        self.isCollection = isCollection
        self.read = read
    }

    /// The same, or nothing: `null`.
    var orNull: SettingForm<Value?> {
        SettingForm<Value?>(allowed + ", or null", isCollection: isCollection) { node throws(BadValue) in
            node.isNull ? nil : try read(node)
        }
    }

    /// A form whose text `parse` understands. Quoted text is as good as plain.
    static func text(
        _ allowed: String, _ parse: @escaping @Sendable (String) -> Value?
    ) -> SettingForm {
        SettingForm(allowed) { node throws(BadValue) in
            guard case .scalar(let text, _) = node.content, !node.isNull, let value = parse(text) else {
                throw .notAllowed(node)
            }
            return value
        }
    }

    /// A form of YAML's own types: quoted, it is another value, and refused.
    static func plain(
        _ allowed: String, _ parse: @escaping @Sendable (String) -> Value?
    ) -> SettingForm {
        SettingForm(allowed) { node throws(BadValue) in
            guard case .scalar(let text, isQuoted: false) = node.content, let value = parse(text) else {
                throw .notAllowed(node)
            }
            return value
        }
    }
}

extension SettingForm where Value == Bool {
    /// YAML 1.1's `yes`, `on` and the like are refused: half of all readers take them for text.
    static var boolean: Self {
        .plain("true or false") { ["true": true, "false": false][$0] }
    }
}

extension SettingForm where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Self {
        .plain("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Quantity.digits(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// In bytes.
    static func size(_ range: ClosedRange<Int>) -> Self {
        let limits = "\(Quantity.sizeText(range.lowerBound)) to \(Quantity.sizeText(range.upperBound))"
        return .text("a size from \(limits), such as 10MiB") { text in
            Quantity.bytes(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension SettingForm where Value == Double {
    static var share: Self {
        .plain("a share from 0 to 1, such as 0.10") { text in
            Quantity.decimal(text).flatMap { (0...1).contains($0) ? $0 : nil }
        }
    }
}

extension SettingForm where Value == Duration {
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        let limits =
            "\(Quantity.durationText(range.lowerBound)) to \(Quantity.durationText(range.upperBound))"
        return .text("a duration from \(limits), such as 250ms, 30s, 5m, 1h or 7d") { text in
            Quantity.duration(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension SettingForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    static var word: Self {
        .text("one of " + Value.allCases.map(\.rawValue).joined(separator: ", ")) { Value(rawValue: $0) }
    }
}
