/// The JSON Schema of request files (contract 2.2), for editors and for programs that write them.
///
/// It is made out of the decoder's own table of keys, and a test holds both against the same files. What no
/// schema can say (a key twice, a hash that is none inside a link, what the configuration knows) is left to
/// `qspool validate`.
public enum RequestSchema {
    /// The document, draft 2020-12.
    public static func document() -> [UInt8] {
        let whole = Schema([
            ("title", .text("A request of qspool")),
            ("if", .schema(.reference("isSearchResult"))),
            ("then", .schema(ReleaseSchema.wholeFile(requestKeys: keysOfRequestsAlone))),
            ("else", .schema(.reference("request"))),
        ]).described("What qBittorrent is to have: one torrent and how it is to be kept.")
        return whole.document("request", definitions: [("request", request)] + fields + parts)
    }

    private static let request = Schema.object(
        properties.map { ($0.key, schema(of: $0.meaning, named: $0.key)) }, isWhole: false)

    /// Every key, the fields of the format first, in the order of the table.
    private static let properties: [(key: String, meaning: RequestKey)] = {
        let order = Dictionary(
            uniqueKeysWithValues: RequestField.ofRequest.enumerated().map { ($1.rawValue, $0) })
        let known = RequestKey.known.map { (key: $0.key, meaning: $0.value) }
        return known.sorted { left, right in
            switch (order[left.key], order[right.key]) {
            case (let one?, let other?): one < other
            case (_?, nil): true
            case (nil, _?): false
            case (nil, nil): left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
            }
        }
    }()

    private static func schema(of key: RequestKey, named name: String) -> Schema {
        switch key {
        case .field(let field): .reference(field.rawValue)
        case .alias(let field):
            deprecated(.reference(field.rawValue), "Another tool's word for \(field.rawValue).")
        case .foreign(let reading): deprecated(reading.form.schema, reading.meaning)
        case .ignored: Schema().described("The address of this schema, for editors.")
        }
    }

    private static func deprecated(_ schema: Schema, _ meaning: String) -> Schema {
        schema.with("deprecated", .flag(true)).described(meaning)
    }

    private static let fields = RequestField.ofRequest.map { (name: $0.rawValue, schema: $0.schema) }

    private static let parts: [(name: String, schema: Schema)] = [
        ("sourceText", ValueForm.sourceText), ("searchResult", ReleaseSchema.result),
        ("searchResultBody", ReleaseSchema.body), ("isSearchResult", ReleaseSchema.isWholeFile),
    ]

    /// Beside these a file cannot be a search result. The others are keys of search results too.
    private static let keysOfRequestsAlone = properties.map(\.key).filter { key in
        !["$schema", "release", "files", "downloadClient", "movieId", "source", "category"].contains(key)
    }
}
