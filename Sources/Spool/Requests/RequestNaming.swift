/// Names of requests made of texts that were never meant to be names of files.
public enum RequestNaming {
    /// Leaves room for a suffix and a mark that tells two apart. Unit: bytes.
    public static let longest = 200

    /// The text as one component of a request's name: without slashes and control characters, and without
    /// what the spool passes over at its beginning and people overlook at its end.
    ///
    /// - Returns: `nil` when nothing is left.
    public static func component(_ text: String) -> String? {
        var name = ""
        for scalar in text.unicodeScalars {
            let isUsable = scalar != "/" && !DisplayText.isHarmful(scalar)
            name.unicodeScalars.append(isUsable ? scalar : "_")
        }
        name = String(name.drop { $0 == "." || $0 == "_" || $0.isWhitespace })
        while name.utf8.count > longest { name.removeLast() }
        while let last = name.last, last == "~" || last.isWhitespace { name.removeLast() }
        return name.isEmpty ? nil : name
    }

    /// A component that may be taken, told from others by a mark of its own in brackets.
    public static func component(_ name: String, marked mark: String) -> String { "\(name) (\(mark))" }
}
