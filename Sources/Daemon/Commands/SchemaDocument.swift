import Spool

/// `qspool schema`: the published descriptions of the files that others write or read.
public enum SchemaDocument: String, CaseIterable, Sendable {
    /// Request files.
    case request
    /// Status files.
    case status
    /// `summary.json`.
    case summary

    /// JSON Schema, draft 2020-12, with a line break at the end.
    public var bytes: [UInt8] {
        switch self {
        case .request: RequestSchema.document()
        case .status: StatusSchema.document()
        case .summary: SummarySchema.document()
        }
    }
}
