import HTTP
import JSON

/// The settings of a server that bear on us, out of `app/preferences`. That answer holds secrets (5.3 puts
/// its API key there), so nothing else of it is kept or shown.
///
/// What a version does not have is missing and counts as harmless.
struct Preferences {
    private let flags: [String: Bool]
    private let numbers: [String: Int64]
    private let texts: [String: String]

    private static let wanted: Set<String> = [
        "save_path", "queueing_enabled", "auto_tmm_enabled", "add_stopped_enabled", "start_paused_enabled",
        "max_ratio_act", "max_ratio_enabled", "max_seeding_time_enabled", "max_inactive_seeding_time_enabled",
        "torrent_stop_condition", "web_ui_session_timeout", "web_ui_sessions_count_limit",
        "temp_path_enabled",
        "excluded_file_names_enabled", "bypass_local_auth", "merge_trackers",
    ]

    /// - Throws: ``JSONError`` when it is not an object.
    init(_ body: [UInt8]) throws(JSONError) {
        let root = try JSONReader.document(body, limits: .server)
        guard case .object(let members) = root.value else {
            throw JSONError(code: "bad-type", message: "The preferences are not an object.")
        }
        var flags: [String: Bool] = [:]
        var numbers: [String: Int64] = [:]
        var texts: [String: String] = [:]
        for member in members where Self.wanted.contains(member.key) {
            switch member.node.value {
            case .bool(let flag): flags[member.key] = flag
            case .integer(let number): numbers[member.key] = number
            case .string(let text): texts[member.key] = text
            case .null, .double, .array, .object: break
            }
        }
        self.flags = flags
        self.numbers = numbers
        self.texts = texts
    }

    /// `nil` when the answer is no settings.
    init?(answer: HTTPResponse) {
        guard answer.status == 200 else { return nil }
        do throws(JSONError) {
            try self.init(answer.body)
        } catch {
            return nil
        }
    }

    /// At its share limit a torrent goes, with its data or without: 0 stop, 1 remove, 2 super seeding,
    /// 3 remove with the data. One that does not say does not.
    var removesAtShareLimit: Bool { numbers["max_ratio_act"].map { $0 == 1 || $0 == 3 } ?? false }

    var savePath: String? { texts["save_path"] }

    /// The settings that would fight us, each as a sentence.
    var findings: [Finding] {
        var findings: [Finding] = []
        if let path = savePath { findings.append(Finding(.ok, "The default save path is \(path).")) }
        findings += shareLimitFindings
        if isSet("queueing_enabled") {
            findings.append(
                Finding(.note, "Torrent queueing is on: torrents may wait as `queued` for others to finish."))
        }
        if isSet("auto_tmm_enabled") {
            findings.append(
                Finding(
                    .warning,
                    "New torrents get automatic management by default: it decides their path unless a "
                        + "request sets `savePath` or `autoTMM`."))
        }
        if isSet("add_stopped_enabled") || isSet("start_paused_enabled") {
            findings.append(
                Finding(.note, "New torrents are stopped by default; qspool says for each whether it starts.")
            )
        }
        if let condition = texts["torrent_stop_condition"], condition != "None" {
            findings.append(
                Finding(
                    .warning,
                    "Torrents are stopped by a default condition (\(condition)): requests without `state` "
                        + "stay stopped then."))
        }
        if isSet("excluded_file_names_enabled") {
            findings.append(
                Finding(.note, "Some file names are excluded from downloads by a server setting."))
        }
        return findings + sessionFindings
    }

    private var shareLimitFindings: [Finding] {
        let limits = ["max_ratio_enabled", "max_seeding_time_enabled", "max_inactive_seeding_time_enabled"]
        guard removesAtShareLimit else { return [] }
        let isActive = limits.contains { isSet($0) }
        return [
            Finding(
                .warning,
                "At its share limit qBittorrent removes torrents"
                    + (isActive ? ", and a global limit is set: finished torrents will vanish." : ".")
                    + " Set the action to stop.")
        ]
    }

    private var sessionFindings: [Finding] {
        guard let timeout = numbers["web_ui_session_timeout"], timeout > 0, timeout < 1800 else { return [] }
        return [
            Finding(
                .note,
                "Sessions end after \(timeout) s without a call; qspool counts on 30 minutes and will log in "
                    + "more often."
            )
        ]
    }

    private func isSet(_ name: String) -> Bool { flags[name] ?? false }
}
