import Reconciliation

extension ValueForm {
    /// The schema of what the decoder accepts in this form.
    var schema: Schema {
        switch self {
        case .flag: .flag
        case .text: .text.with("minLength", 1).with("maxLength", FieldPlace.longestText)
        case .words(let words, inAnyCase: false): .words(words)
        case .words(let words, inAnyCase: true):
            // The words themselves come first: they are what an editor offers.
            .any(of: [.words(words), .text(like: SchemaPattern.anyCase(of: words))])
        case .texts: Self.globs
        case .tags: .any(of: [Self.tagList, .text(like: SchemaPattern.tagsWithCommas)])
        case .sources: .any(of: [.reference("sourceText"), Self.sourceList])
        case .path: Self.path(SchemaPattern.path)
        case .speed: .any(of: [.integer(0...LimitText.largest), ValueForm.speedText.schema])
        case .speedText: .text(like: SchemaPattern.speed)
        case .ratio: .number.with("minimum", 0).with("maximum", .number(SeedRules.largestRatio))
        case .duration: .text(like: SchemaPattern.lasting)
        case .minutes: .any(of: [.integer(0...SeedRules.mostMinutes), .text(like: SchemaPattern.duration)])
        case .instant: .text(like: SchemaPattern.instant).with("format", .text("date-time"))
        case .integer(let range): .integer(range)
        case .object(let members): .object(members.map { ($0.name, $0.schema) }, isWhole: false)
        case .labels: Self.labelMap
        case .label: .any(of: [Self.labelText, .number])
        case .release: .reference("searchResult")
        case .either(let forms): .any(of: forms.map(\.schema))
        case .nullable(.path): Self.path("^$|" + SchemaPattern.path).orNull
        case .nullable(let form): form.schema.orNull
        }
    }

    /// One source, by what it may look like.
    static let sourceText = Schema.any(of: [
        .text(like: SchemaPattern.magnet).described("A magnet link."),
        .text(like: SchemaPattern.infoHash).described("A bare info-hash: 40 or 64 hex digits, or base32."),
        .text(like: SchemaPattern.address).with("maxLength", 4_096)
            .described("The address of a .torrent, or one that redirects to a magnet link."),
        .text(like: SchemaPattern.dataURL).described("A .torrent itself, in base64."),
        .text(like: SchemaPattern.fileName).with("maxLength", 255)
            .described("The name of a .torrent in the folder of the request."),
    ])

    private static let sourceList = Schema.list(of: .reference("sourceText"))
        .with("minItems", 1).with("maxItems", SourceRules.most)

    private static let tagList = Schema.list(
        of: .text(like: SchemaPattern.tag).with("maxLength", NameRules.longest)
    ).with("maxItems", NameRules.mostTags)

    private static let globs = Schema.list(
        of: .text(like: SchemaPattern.glob).with("maxLength", FileRules.longest)
    ).with("maxItems", FileRules.most)

    private static let labelText = Schema.text(like: SchemaPattern.visible)
        .with("maxLength", LabelRules.longest)

    private static let labelMap = Schema.map(of: ValueForm.label.schema)
        .with("propertyNames", .schema(labelText.with("minLength", 1)))
        .with("maxProperties", LabelRules.most)

    private static func path(_ pattern: String) -> Schema {
        .text(like: pattern).with("maxLength", PathRules.longest)
    }
}

extension RequestField {
    /// The schema of its value, with what it means.
    var schema: Schema {
        let form: Schema =
            switch self {
            case .category:
                Schema.text(like: SchemaPattern.category).with("maxLength", NameRules.longest).orNull
            case .rename: .text(like: SchemaPattern.rename).with("maxLength", FieldPlace.longestText)
            default: form.schema
            }
        return form.described(meaning)
    }
}

extension Schema {
    fileprivate static func integer(_ range: ClosedRange<Int64>) -> Schema {
        integer.with("minimum", .number(Double(range.lowerBound)))
            .with("maximum", .number(Double(range.upperBound)))
    }
}
