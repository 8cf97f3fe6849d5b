/// The schema of search results, which are read tolerantly: keys in any case, `null` as if it were not there,
/// unknown keys left alone.
enum ReleaseSchema {
    /// What any search result may hold where it is looked at.
    static let body = Schema.type("object")
        .with("properties", .named(meanings.map { ($0, Schema().described($1)) }))
        .with(
            "patternProperties",
            .named([
                (name("guid", "title", "magnetUrl", "downloadUrl", "infoHash", "fileName"), text),
                (name("size", "minimumRatio", "minimumSeedTime"), number),
                (name("indexerId", "indexer_id"), Schema.integer.with("minimum", 0).orNull),
                (
                    name("protocol"),
                    Schema.text(like: SchemaPattern.anyCase(of: ["torrent", "unknown"])).orNull
                ),
                (name("release"), Schema.any(of: [reference, .type("null")])),
            ]))

    /// XML that was turned into JSON has an object where an element has attributes, and numbers as text.
    private static let text = types("string", "object", "null")
    private static let number = types("number", "string", "object", "null")

    /// One that tells where its torrent is.
    static let result = reference.with(
        "anyOf",
        .schemas([
            has("magnetUrl", "downloadUrl", "infoHash"), key, guidIsMagnet, has("release"), isItem,
        ]))

    /// A whole file that is one: with both halves of Prowlarr's key, a nested one with what comes around it,
    /// or an item of a feed.
    static let isWholeFile = Schema.any(of: [
        key, Schema([("allOf", .schemas([has("release"), has("decision", "parsedInfo")]))]), isItem,
    ])

    /// A whole file that is one has nothing of a request beside it.
    static func wholeFile(requestKeys: [String]) -> Schema {
        let others = Schema([("enum", .list(requestKeys.map { .text($0) }))])
        let noCategory = Schema([("properties", .named([("category", Schema([("not", .schema(Schema()))]))]))]
        )
        let withKey = Schema([("if", .schema(key)), ("then", .schema(noCategory))])
        return Schema.reference("searchResult")
            // The feed that an item comes from; as text it would be a request's.
            .with("properties", .named([("source", .type("object"))]))
            .with("propertyNames", .schema(Schema([("not", .schema(others))])))
            .with("allOf", .schemas([withKey]))
            .described("A search result as it was returned, without anything of a request beside it.")
    }

    private static let reference = Schema.reference("searchResultBody")

    private static let key = Schema([
        ("allOf", .schemas([has("guid"), has("indexerId", "indexer_id")]))
    ])

    private static let guidIsMagnet = Schema.object(
        [("guid", .text(like: "^\(SchemaPattern.caseless("magnet")):"))], isWhole: true
    ).with("additionalProperties", .flag(true))

    private static let isItem = has(
        "enclosure", "link", "attributes", "torznab:attr", "newznab:attr", "attr")

    /// Whether one of the keys is there, in any case and not `null`.
    private static func has(_ keys: String...) -> Schema {
        let pattern = SchemaPattern.anyCase(of: keys)
        let isMissing = Schema([("patternProperties", .named([(pattern, .type("null"))]))])
        return Schema([("not", .schema(isMissing))])
    }

    private static func types(_ names: String...) -> Schema {
        Schema([("type", .list(names.map { .text($0) }))])
    }

    private static func name(_ keys: String...) -> String { SchemaPattern.anyCase(of: keys) }

    private static let meanings: [(String, String)] = [
        ("guid", "Unique within its indexer; often an address, sometimes a magnet link."),
        ("indexerId", "Prowlarr's number of the indexer."),
        ("title", "For searching and for people."),
        ("size", "Bytes."),
        ("magnetUrl", "A magnet link, or an address that leads to one."),
        ("downloadUrl", "The address of the torrent."),
        ("infoHash", "Hex digits or base32."),
        ("protocol", "torrent; usenet is refused."),
        ("minimumRatio", "The indexer's own duty of seeding: raises the seed.ratio of the request."),
        ("minimumSeedTime", "The indexer's own duty in seconds: raises the seed.time of the request."),
        ("enclosure", "Of a Torznab item: its url is the address of the torrent."),
        ("link", "Of a Torznab item: the address of the torrent."),
        ("attributes", "Of a Torznab item: infohash, magneturl, size and others."),
    ]
}
