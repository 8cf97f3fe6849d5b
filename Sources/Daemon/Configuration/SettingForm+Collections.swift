extension SettingForm {
    /// A list whose elements `element` reads. At most ``maximumElements``.
    static func list<Element>(
        _ allowed: String, of element: SettingForm<Element>
    ) -> Self where Value == [Element] {
        SettingForm(allowed, isCollection: true) { node throws(BadValue) in
            guard case .sequence(let nodes) = node.content, nodes.count <= Collections.maximumElements else {
                throw .notAllowed(node)
            }
            var elements: Value = []
            for node in nodes { elements.append(try element.read(node)) }
            return elements
        }
    }
}

/// Limits of the lists and mappings in the configuration.
enum Collections {
    /// Elements of one list or mapping.
    static let maximumElements = 1000
}

extension SettingForm where Value == [String: String] {
    /// Category names with their save paths.
    static var categories: Self {
        SettingForm("a mapping from category names to absolute save paths", isCollection: true) {
            node throws(BadValue) in
            guard case .mapping(let entries) = node.content, entries.count <= Collections.maximumElements
            else {
                throw .notAllowed(node)
            }
            var categories: Value = [:]
            for entry in entries {
                guard SettingForm<String>.isCategory(entry.key) else {
                    let sentence = "names the category \"\(Shown.text(entry.key))\", which no server accepts"
                    throw BadValue(.defect(sentence), line: entry.line, column: entry.column)
                }
                categories[entry.key] = try SettingForm<String>.path.read(entry.value)
            }
            return categories
        }
    }
}

extension SettingForm where Value == Client.PathMapping {
    static var pathMapping: Self {
        SettingForm("a mapping with `remote` and `local`") { node throws(BadValue) in
            guard case .mapping(let entries) = node.content else { throw .notAllowed(node) }
            let names = ["remote", "local"]
            for entry in entries where !names.contains(entry.key) {
                let sentence = "has an entry with the unknown key `\(Shown.text(entry.key))`"
                throw BadValue(.defect(sentence), line: entry.line, column: entry.column)
            }
            return Client.PathMapping(
                remote: try path("remote", of: entries, node), local: try path("local", of: entries, node))
        }
    }

    private static func path(
        _ name: String, of entries: [YAMLNode.Entry], _ node: YAMLNode
    ) throws(BadValue) -> String {
        guard let value = entries.first(where: { $0.key == name })?.value else {
            throw .defect("has an entry without `\(name)`", at: node)
        }
        return try SettingForm<String>.path.read(value)
    }
}
