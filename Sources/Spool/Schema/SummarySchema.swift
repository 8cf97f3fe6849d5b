import Reconciliation

/// The JSON Schema of `summary.json` (contract 4), for programs that read it.
///
/// Words come from the types that are rendered; a test holds rendered summaries against it.
public enum SummarySchema {
    /// The document, draft 2020-12.
    public static func document() -> [UInt8] {
        Schema.object([
            ("schema", StatusSchema.one.described("The version of this format.")),
            ("version", .text.described("Of qspool.")),
            ("updatedAt", .instant.described("When this file was written, in UTC.")),
            ("requests", requests),
            ("converged", .share.described("The share of requests that are in sync, 0 to 1.")),
            ("holds", Schema.list(of: hold).described("What waits for a person, or for what is missing.")),
            ("problems", Schema.list(of: problem).described("What in the spool has no status of its own.")),
            ("clients", Schema.map(of: client).described("Every configured qBittorrent, by its name.")),
            ("lastPass", lastPass),
            ("store", store),
        ]).described("The whole spool of a qspool at a glance. It is written by qspool alone.")
            .document("summary")
    }

    private static let requests = Schema.object([
        ("total", .count.described("Without those that are removed.")),
        (
            "phases",
            .object(Phase.allCases.map { ($0.rawValue, .integer.with("minimum", 1)) }, isWhole: false)
                .described("How many are in each phase; phases without any are left out.")
        ),
    ]).described("How many requests there are.")

    private static let hold = Schema.object([
        ("kind", .words(Hold.Kind.allCases.map(\.rawValue)).described("What is held.")),
        ("since", .instant.described("In UTC.")),
        ("message", .shown.described("What is held and why.")),
        ("names", Schema.list(of: .shown).described("The requests it concerns, the first 100 of them.")),
        ("lift", .shown.described("What would lift it: a command, or what must come back.")),
    ])

    private static let problem = Schema.object([
        ("path", .shown.described("Below requests/, escaped.")),
        ("code", .code.described("A stable word for programs.")),
        ("message", .shown.described("A sentence for a person.")),
    ])

    private static let client = Schema.object([
        ("reachable", .flag.described("Whether the last look at it went well.")),
        ("version", Schema.shown.orNull.described("Of qBittorrent; null when unknown.")),
        ("webapi", Schema.shown.orNull.described("The version of its Web API; null when unknown.")),
        ("freeSpace", Schema.integer.orNull.described("Where it saves by default, in bytes; null: unknown.")),
        ("lastGoodObservation", Schema.instant.orNull.described("In UTC; null: never.")),
        ("lastError", Schema.shown.orNull.described("Why it is not reachable.")),
    ])

    private static let lastPass = Schema.object([
        ("at", .instant.described("When it began, in UTC.")),
        ("duration", .number.described("Seconds.")),
        ("calls", .count.described("To servers, reading ones included.")),
        ("actions", .count.described("The calls among them that changed something.")),
        ("commits", .count.described("To the store.")),
        ("filesWritten", .count.described("Status files and this one.")),
    ]).described("The figures of the last pass.")

    private static let store = Schema.object([
        ("bytes", .integer.described("Its size on the disk.")),
        ("logFrom", Schema.instant.orNull.described("The oldest change that is kept; null: none, in UTC.")),
        ("mapUsed", .number.described("The share of store.mapSizeMiB in use, 0 to 1.")),
    ]).described("The figures of the store.")
}
