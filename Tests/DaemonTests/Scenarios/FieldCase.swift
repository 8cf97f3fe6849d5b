import Reconciliation
import Testing

/// One managed field, with values to give it and what a person does about it.
struct FieldCase: Sendable, CustomTestStringConvertible {
    let field: Field
    let first: @Sendable (Stage) -> FieldValue
    let second: @Sendable (Stage) -> FieldValue
    /// *Must be empty*, and what is seen then; `nil` where there is no such thing.
    let empty: (wanted: FieldValue, seen: FieldValue)?
    /// A person sets it to something else than either.
    let byHand: @Sendable (Stage) -> Call
    let seenByHand: @Sendable (Stage) -> FieldValue

    var testDescription: String { field.rawValue }

    private static func text(
        _ field: Field, empty: String?, _ call: @escaping @Sendable (String) -> Call,
        _ value: @escaping @Sendable (Stage, String) -> String
    ) -> FieldCase {
        FieldCase(
            field: field, first: { .text(value($0, "one")) }, second: { .text(value($0, "two")) },
            empty: empty.map { (.text($0), .text($0)) }, byHand: { call(value($0, "hand")) },
            seenByHand: { .text(value($0, "hand")) })
    }

    private static func flag(_ field: Field, _ call: @escaping @Sendable (Bool) -> Call) -> FieldCase {
        FieldCase(
            field: field, first: { _ in .flag(true) }, second: { _ in .flag(false) }, empty: nil,
            byHand: { _ in call(true) }, seenByHand: { _ in .flag(true) })
    }

    private static func limit(_ field: Field, _ call: @escaping @Sendable (Int64) -> Call) -> FieldCase {
        FieldCase(
            field: field, first: { _ in .number(102_400) }, second: { _ in .number(204_800) },
            empty: (.number(0), .number(0)), byHand: { _ in call(51_200) },
            seenByHand: { _ in .number(51_200) })
    }

    private static func goals(_ ratio: Double, _ minutes: Int64) -> SeedGoals {
        SeedGoals(ratio: .at(ratio), time: .at(minutes))
    }

    static let all: [FieldCase] = [
        text(.category, empty: "", { .recategorize($0, path: "") }, { $0.word($1) }),
        text(.savePath, empty: nil, { .relocate($0) }, { $0.path($1) }),
        text(.downloadPath, empty: "", { .setDownloadPath($0) }, { $0.path($1) }),
        text(.rename, empty: nil, { .rename($0) }, { "named \($1)" }),
        flag(.autoTMM) { .setAutoTMM($0) },
        flag(.sequentialDownload) { .setSequentialDownload($0) },
        flag(.firstLastPiecePrio) { .setFirstLastPiecePrio($0) },
        flag(.forceStart) { .setForceStart($0) },
        flag(.superSeeding) { .setSuperSeeding($0) },
        limit(.downloadLimit) { .limitDownload($0) },
        limit(.uploadLimit) { .limitUpload($0) },
        FieldCase(
            field: .seed, first: { _ in .goals(goals(1.5, 90)) }, second: { _ in .goals(goals(3, 120)) },
            empty: (
                .goals(SeedGoals(ratio: .unlimited, time: .unlimited)),
                .goals(SeedGoals(ratio: .unlimited, time: .unlimited))
            ),
            byHand: { _ in .limitSeeding(goals(9, 600)) }, seenByHand: { _ in .goals(goals(9, 600)) }),
        FieldCase(
            field: .state, first: { _ in .text("stopped") }, second: { _ in .text("running") }, empty: nil,
            byHand: { _ in .stop }, seenByHand: { _ in .text("stopped") }),
    ]

    /// Torrents are moved by it.
    var isOfPlace: Bool { field == .savePath || field == .autoTMM }

    func isSupported(by release: ServerRelease) -> Bool { field != .downloadPath || release.hasDownloadPath }
}
