/// One setting: its name, what is allowed, and where its value goes.
///
/// The list of all settings, ``all``, is the only place that knows the names: the file, the environment,
/// the flags and the commented example are read and written by it.
struct Setting: Sendable {
    /// Dotted: `prune.grace`.
    let key: String
    /// For the commented example. Ends without a full stop.
    let explanation: String
    /// To follow "it must be".
    let allowed: String
    /// The default as YAML flow text.
    let defaultText: String
    let isCollection: Bool
    /// Whether this version knows the name but carries out nothing except the default.
    let isLater: Bool
    let apply: @Sendable (inout Configuration, YAMLNode) throws(BadValue) -> Void

    init<Value>(
        _ key: String, _ path: any WritableKeyPath<Configuration, Value> & Sendable,
        _ form: SettingForm<Value>, default defaultText: String, _ explanation: String
    ) {
        self.key = key
        self.explanation = explanation
        self.defaultText = defaultText
        allowed = form.allowed
        isCollection = form.isCollection
        isLater = false
        apply = { configuration, node throws(BadValue) in
            configuration[keyPath: path] = try form.read(node)
        }
    }

    private init<Value: Equatable>(
        later key: String, _ form: SettingForm<Value>, only value: Value, default defaultText: String
    ) {
        self.key = key
        self.defaultText = defaultText
        explanation = ""
        allowed = form.allowed
        isCollection = form.isCollection
        isLater = true
        apply = { _, node throws(BadValue) in
            guard try form.read(node) == value else { throw BadValue(.notYet, at: node) }
        }
    }

    /// A setting of a later version: its default is accepted, other values are refused and not ignored.
    static func later<Value: Equatable>(
        _ key: String, _ form: SettingForm<Value>, only value: Value, default defaultText: String
    ) -> Setting {
        Setting(later: key, form, only: value, default: defaultText)
    }

    /// `QSPOOL_` and the key in upper snake case: `store.mapSizeMiB` is `QSPOOL_STORE_MAP_SIZE_MIB`.
    var variable: String {
        if let client = key.split(separator: ".").dropFirst().first, key.hasPrefix("clients."),
            client != Configuration.defaultClient
        {
            // A client's name is one word, whatever its letters.
            let rest = key.dropFirst("clients.".count + client.count + 1)
            return "QSPOOL_CLIENTS_\(ClientName.variable(String(client)))_" + Self.upperSnake(String(rest))
        }
        return "QSPOOL_" + Self.upperSnake(key)
    }

    private static func upperSnake(_ key: String) -> String {
        var name = ""
        var previous: Character?
        // "MiB" is one word although it holds an upper case letter in its middle.
        for character in key.hasSuffix("MiB") ? key.dropLast() + "b" : key[...] {
            if character == "." {
                name += "_"
            } else {
                if character.isUppercase, previous?.isLowercase == true { name += "_" }
                name += character.uppercased()
            }
            previous = character
        }
        return name
    }
}
