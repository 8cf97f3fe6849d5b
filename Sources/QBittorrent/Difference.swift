/// One way in which versions of the Web API differ, as far as we rely on it: the whole table.
///
/// | column | meaning |
/// |---|---|
/// | `ability` | where we must know the version; `nil`: we get along with both ways, without asking |
/// | `since` | the first version of the newer way |
/// | `evidence` | what says so |
/// | `before`, `then` | the two ways |
/// | `without` | what an operator has instead, for `qspool check`; empty: nothing that shows |
struct Difference: Equatable, Sendable {
    enum Evidence: String, Sendable {
        /// The older way was measured on one of ``Capabilities/measured`` and the newer on the next; the
        /// exact version between them is that of the server's Web API changelog.
        case measured
        /// The older way was measured on one of them and the newer on the next; the changelog does not name
        /// the version between them, and the first that cannot have the older way is taken.
        case bracketed
        /// Both ways are older than any measured version; the changelog alone says so.
        case changelog
    }

    let ability: Capabilities.Ability?
    let since: WebAPIVersion
    let evidence: Evidence
    let before: String
    let then: String
    let without: String

    private init(
        _ ability: Capabilities.Ability?, _ since: WebAPIVersion, _ evidence: Evidence,
        _ before: String, _ then: String, without: String = ""
    ) {
        self.ability = ability
        self.since = since
        self.evidence = evidence
        self.before = before
        self.then = then
        self.without = without
    }

    /// A row about which no version is asked.
    private init(_ since: WebAPIVersion, _ evidence: Evidence, _ before: String, _ then: String) {
        self.init(nil, since, evidence, before, then)
    }

    /// What stands in the table about an ability. Each has exactly one row.
    static func of(_ ability: Capabilities.Ability) -> Difference {
        guard let row = byAbility[ability] else { preconditionFailure("\(ability) has no row") }
        return row
    }

    private static let byAbility = Dictionary(
        uniqueKeysWithValues: table.compactMap { row in row.ability.map { ($0, row) } })

    /// By version.
    static let table: [Difference] = [
        Difference(
            .categoryList, WebAPIVersion(2, 1, 1), .changelog, "no list of categories",
            "`torrents/categories`", without: "categories cannot be looked up"),
        Difference(
            .tags, WebAPIVersion(2, 3, 0), .changelog, "no tags in the Web API", "`torrents/addTags`",
            without: "torrents have no tags, so that nothing can be marked as ours and nothing is removed"),
        Difference(
            .tagsInAdd, WebAPIVersion(2, 6, 2), .measured, "`tags` in an add is ignored", "taken",
            without: "tags are set by a second call after an add"),
        Difference(
            .contentLayout, WebAPIVersion(2, 7, 0), .measured, "`root_folder`", "`contentLayout`",
            without: "no folder is made for a single file (contentLayout)"),
        Difference(
            .unwantedInPlace, WebAPIVersion(2, 8, 0), .bracketed,
            "files that are not wanted are listed below `.unwanted/`", "under their own path"),
        Difference(
            .downloadPath, WebAPIVersion(2, 8, 4), .measured, "no path of its own for incomplete data",
            "`torrents/setDownloadPath`", without: "downloadPath cannot be kept"),
        Difference(
            .export, WebAPIVersion(2, 8, 14), .measured, "no `torrents/export`", "gives the `.torrent`",
            without: "torrents are imported as magnets"),
        Difference(
            .stopAtMetadata, WebAPIVersion(2, 8, 15), .measured, "`stopCondition` is ignored", "taken",
            without: "a few bytes of unwanted files may arrive before the files of a magnet are chosen"),
        Difference(
            .queueInAdd, WebAPIVersion(2, 8, 20), .bracketed, "`addToTopOfQueue` is ignored", "taken",
            without: "a place in the queue is taken by a second call after an add"),
        Difference(
            .stopAndStart, WebAPIVersion(2, 11, 0), .measured, "`torrents/pause`, `resume`; `pausedDL`",
            "`torrents/stop`, `start`; `stoppedDL`"),
        Difference(
            WebAPIVersion(2, 11, 0), .measured, "`paused` in an add, `stopped` ignored",
            "the other way round (both are sent)"),
        Difference(
            WebAPIVersion(2, 11, 8), .measured, "an empty success is 200", "200 or 204 (any 2xx is one)"),
        Difference(
            .shareLimitAction, WebAPIVersion(2, 12, 0), .bracketed, "one action at all share limits",
            "`shareLimitAction` of each torrent",
            without: "goals are kept by qspool alone while its own action at the share limit removes torrents"
        ),
        Difference(
            WebAPIVersion(2, 12, 0), .bracketed, "`setShareLimits` wants 2 or 3 parameters",
            "5 (all five are always sent)"),
        Difference(
            WebAPIVersion(2, 14, 0), .measured, "a login is `200 Ok.` or `200 Fails.`",
            "204 or 401 (either is understood)"),
        Difference(
            WebAPIVersion(2, 14, 0), .measured, "an add is `Ok.` or `Fails.`",
            "counts in JSON, 202, 409 (either is understood)"),
        Difference(
            .apiKeys, WebAPIVersion(2, 14, 1), .measured, "no API keys", "`Authorization: Bearer`",
            without: "there are no API keys"),
        Difference(
            WebAPIVersion(2, 14, 1), .bracketed, "the cookie is `SID`",
            "`QBT_SID_<port>` (whatever is set is sent back)"),
        Difference(
            WebAPIVersion(2, 14, 1), .bracketed, "HTTP Basic is ignored",
            "it is a login of its own, and wrong ones count (said where a proxy wants it)"),
        Difference(
            .launchTime, WebAPIVersion(2, 15, 1), .measured, "a restart shows by refused sessions",
            "by `app/processInfo` too",
            without: "a restart is told only by the session that it ends"),
        Difference(
            .freeSpace, WebAPIVersion(2, 15, 2), .measured, "free space only in `sync/maindata`",
            "`app/getFreeSpaceAtPath`",
            without: "free space is not told (a pathMap lets qspool look itself)"),
        Difference(
            WebAPIVersion(2, 16, 0), .measured, "`skip_checking` in an add", "`seedMode` (both are sent)"),
    ]
}
