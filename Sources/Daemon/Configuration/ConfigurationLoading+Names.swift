// Names that are no settings.
extension ConfigurationLoading {
    func unknown(
        _ entry: YAMLNode.Entry, below prefix: String, _ origin: Origin
    ) -> ConfigurationError {
        let key = prefix.isEmpty ? entry.key : "\(prefix).\(entry.key)"
        let shown = Shown.text(key)
        guard !known.contains(where: { $0.key == key }) else {
            return origin.error(
                "`\(shown)` must be written as mappings within each other, not with dots",
                key: key, line: entry.line, column: entry.column)
        }
        let nearest = nearest(to: entry.key, below: prefix)
        return origin.error(
            "`\(shown)` is not a known key; the nearest known key is `\(nearest)`",
            key: key, line: entry.line, column: entry.column)
    }

    /// Looks among the names at that place first, then for a setting of that name elsewhere: a wrong
    /// indentation is as common as a slip of the finger.
    private func nearest(to name: String, below prefix: String) -> String {
        let start = prefix.isEmpty ? "" : prefix + "."
        let siblings = known.map(\.key).filter { $0.hasPrefix(start) }
            .map { String($0.dropFirst(start.count).prefix { $0 != "." }) }
        let sibling = NearestName.find(name, among: siblings) ?? ""
        let isNear =
            NearestName.distance(name, sibling) <= max(2, name.count / 3) || sibling.hasPrefix(name)
        guard !isNear else { return start + sibling }
        let elsewhere = known.first { $0.key.hasSuffix("." + name) || $0.key.hasPrefix(name + ".") }
        return elsewhere?.key ?? start + sibling
    }

    /// Variables of ours that are no settings: the root, and what tests and builds use.
    private static func isReserved(_ variable: String) -> Bool {
        ["QSPOOL_ROOT", "QSPOOL_BINARY"].contains(variable)
            || variable.hasPrefix("QSPOOL_TEST_") || variable.hasPrefix("QSPOOL_SERVER")
    }

    func checkNames(_ environment: [String: String]) throws(ConfigurationError) {
        let known = known.map(\.variable)
        let given = environment.keys.filter { $0.hasPrefix("QSPOOL_") && !Self.isReserved($0) }.sorted()
        for variable in given where !known.contains(variable) {
            let nearest = NearestName.find(variable, among: known) ?? ""
            throw ConfigurationError(
                message: "The environment variable \(Shown.text(variable)) is not known; "
                    + "the nearest known one is \(nearest).")
        }
    }
}
