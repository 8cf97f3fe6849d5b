import Reconciliation

/// The JSON Schema of status files (contract 4), for programs that read them.
///
/// Words come from the types that are rendered; a test holds rendered statuses against it.
public enum StatusSchema {
    /// The document, draft 2020-12.
    public static func document() -> [UInt8] {
        Schema.object(members, but: ["sources"])
            .described("What qspool says about a request. It is written by qspool alone.")
            .document("status")
    }

    static let one = Schema([("const", .number(1))])

    private static let members: [(name: String, schema: Schema)] = [
        ("schema", one.described("The version of this format.")),
        ("name", .text.described("The request: its path below requests/ without suffix.")),
        ("generation", .count.described("How many versions of the request were accepted.")),
        ("request", request.orNull),
        (
            "phase",
            .words(Phase.allCases.map(\.rawValue)).described("Where the request stands, in a word.")
        ),
        (
            "reason",
            .reason.described("Why, as one word of CamelCase; empty when there is nothing to say.")
        ),
        ("message", .shown.described("The same for a person, in one sentence.")),
        ("torrent", torrent.orNull),
        ("labels", Schema.map(of: .shown).described("The labels of the request.")),
        ("conditions", Schema.list(of: condition).described("Named facts, each at most once.")),
        ("drift", Schema.list(of: drift).described("Fields whose observed value is not the wanted one.")),
        (
            "sources",
            Schema.list(of: source)
                .described("Each source of the request; left out where there is one and nothing to fetch.")
        ),
        ("attempts", .count.described("Failures in a row.")),
        ("nextAttemptAt", Schema.instant.orNull.described("When it is tried again; null: not planned.")),
        ("lastError", lastError.orNull),
        ("updatedAt", .instant.described("When this file was written, in UTC.")),
    ]

    private static let request = Schema.object([
        ("digest", .text(like: "^sha256:[0-9a-f]{64}$").described("SHA-256 of the request file.")),
        ("readAt", .instant.described("When it was read, in UTC.")),
    ]).described("The version of the request file that this status is about; null when it could not be read.")

    private static let hash = Schema.text(like: "^[0-9a-f]{40}$")

    private static let torrent = Schema.object(
        [
            ("client", .text.described("The configured qBittorrent that has it.")),
            ("hash", hash.described("The id under which qBittorrent lists it: v1, or the first half of v2.")),
            ("infoHashV1", hash.orNull.described("SHA-1 of the torrent's info; null when there is none.")),
            (
                "infoHashV2",
                Schema.text(like: "^[0-9a-f]{64}$").orNull
                    .described("SHA-256 of the torrent's info; null when there is none.")
            ),
            ("name", .shown.described("The name that qBittorrent shows.")),
            (
                "ownership",
                .words(Ownership.allCases.map(\.rawValue))
                    .described(
                        "added: by qspool, which may remove it; adopted: it was there before; "
                            + "disowned: a person took the tag off.")
            ),
            (
                "state",
                .words(ServerState.allCases.map(\.rawValue))
                    .described("qBittorrent's own state, in one vocabulary for all its versions.")
            ),
        ] + counters + placement
    ).described("The torrent as last observed; null when there is none.")

    private static let counters: [(name: String, schema: Schema)] = [
        ("progress", .share.described("Of the wanted data, 0 to 1.")),
        ("eta", Schema.integer.orNull.described("Seconds until it is complete; null when unknown.")),
        ("size", .count.described("Of the wanted data, in bytes; 0 when unknown.")),
        ("downloaded", .integer.described("Bytes.")),
        ("uploaded", .integer.described("Bytes.")),
        ("downloadSpeed", .integer.described("Bytes per second.")),
        ("uploadSpeed", .integer.described("Bytes per second.")),
        ("ratio", .number.described("Uploaded by downloaded.")),
        ("seeds", .integer.described("Connected.")),
        ("peers", .integer.described("Connected, without the seeds.")),
    ]

    private static let placement: [(name: String, schema: Schema)] = [
        ("savePath", .shown.described("Where qBittorrent keeps the data, as it sees the path.")),
        ("contentPath", .shown.described("The file or the folder itself; empty without metadata.")),
        ("localPath", Schema.shown.orNull.described("The same as this machine sees it; null: unknown.")),
        ("category", .shown.described("Empty: none.")),
        ("tags", Schema.list(of: .shown).described("Sorted.")),
        ("addedAt", Schema.instant.orNull.described("When qBittorrent added it, in UTC.")),
        ("completedAt", Schema.instant.orNull.described("When all wanted data was there, in UTC.")),
    ]

    private static let condition = Schema.object([
        ("type", .words(Condition.Kind.allCases.map(\.rawValue)).described("What the fact is about.")),
        ("status", .words(["True", "False"]).described("Whether it is so.")),
        ("reason", .text(like: "^[A-Z][A-Za-z0-9]*$").described("Why, as one word of CamelCase.")),
        ("message", .shown.described("The same for a person.")),
        ("since", .instant.described("When it last changed between True and False, in UTC.")),
        ("generation", .count.described("The generation of the request that it is about.")),
    ])

    private static let value = Schema.any(of: [.flag, .integer, .shown, .list(of: .shown)])

    private static let drift = Schema.object([
        ("field", .words(Field.allCases.map(\.rawValue)).described("A field of the request.")),
        ("wanted", value.described("What the request says; limits in bytes per second.")),
        ("observed", value.described("What qBittorrent says.")),
        (
            "verdict",
            .words(Drift.Verdict.allCases.map(\.rawValue))
                .described(
                    "corrected: a call was made or is due; reported: left alone by the configuration; "
                        + "contested: corrected too often, left alone until the request changes.")
        ),
    ])

    private static let source = Schema.object([
        ("source", .shown.described("As the request names it, keys and passkeys masked.")),
        (
            "verdict",
            .words(SourceStatus.Verdict.allCases.map(\.rawValue))
                .described(
                    "waiting: not tried; in-use: it gave the torrent; trying: fetched, or to be fetched "
                        + "again; abandoned: given up.")
        ),
        ("code", Schema.code.orNull.described("Why it was given up or failed last, for programs.")),
        ("message", Schema.shown.orNull.described("The same for a person.")),
        ("at", Schema.instant.orNull.described("When that was, in UTC.")),
    ])

    private static let lastError = Schema.object([
        ("code", .code.described("A stable word for programs.")),
        ("message", .shown.described("A sentence for a person, without secrets.")),
        ("retriable", .flag.described("Whether it may heal by itself; if not, the request must change.")),
        ("line", Schema.integer.with("minimum", 1).orNull.described("Of the request file, from 1.")),
        ("column", Schema.integer.with("minimum", 1).orNull.described("In characters, from 1.")),
        ("field", Schema.text.orNull.described("The key of the request that is at fault.")),
        ("at", Schema.instant.orNull.described("When it happened, in UTC.")),
    ]).described("What went wrong last; null when nothing did.")
}
