extension Configuration {
    /// The `config.yaml` that `qspool init` writes: every setting of this version, commented out, so that the
    /// defaults hold until a person takes the `#` from in front of a line.
    ///
    /// Headings are not commented out: without anything below them they say nothing. Prose has a blank
    /// after its `#`, a setting has none. Settings that this version refuses are left out.
    public static var commentedExample: String {
        var text = """
            # The configuration of qspool.
            #
            # Everything below shows a default. To change a setting, take the # away in front of it and write
            # another value. Durations: 250ms, 30s, 5m, 1h, 7d. Sizes: 10MiB, 50 GiB, 10 MB.
            # The environment stands over this file: prune.grace is QSPOOL_PRUNE_GRACE, and so on.

            """
        var open: [Substring] = []
        for setting in Setting.all where !setting.isLater {
            let names = setting.key.split(separator: ".")
            let headings = Array(names.dropLast())
            text += self.headings(headings, after: open)
            open = headings
            let indent = String(repeating: "  ", count: headings.count)
            text += "\(indent)# \(setting.explanation).\n\(indent)# Allowed: \(setting.allowed).\n"
            text += "\(indent)#\(names.last ?? ""): \(setting.defaultText)\n"
        }
        return text
    }

    /// The headings that lead to a setting and are not open yet; a blank line where a new section begins.
    private static func headings(_ wanted: [Substring], after open: [Substring]) -> String {
        let common = zip(wanted, open).prefix { $0 == $1 }.count
        let lines = wanted.indices.dropFirst(common).map { index in
            String(repeating: "  ", count: index) + wanted[index] + ":\n"
        }
        let beginsSection = wanted.isEmpty || common == 0
        return (beginsSection ? "\n" : "") + lines.joined()
    }
}
