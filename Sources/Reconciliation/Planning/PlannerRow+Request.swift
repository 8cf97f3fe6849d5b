/// What a request comes to by itself: before its torrent has a say.
extension PlannerRow {
    static let requestRows: [PlannerRow] = [
        PlannerRow(
            .spoolUnavailable, "not mounted, another one, or not listed in full", "–", "–",
            "nothing is judged, added or removed; hold `SpoolUnavailable`"),
        PlannerRow(
            .foreign, "never named it", "there, whatever its tags", "nothing",
            "not judged, not counted, not logged"),
        PlannerRow(
            .defaultsInvalid, "its folder's `_defaults.json` is broken", "–", "–",
            "nothing is changed; what is there is followed on; `DefaultsInvalid`"),
        PlannerRow(
            .unreadable, "being written, a link, or in a held folder", "–", "–",
            "nothing: neither wanted nor gone"),
        PlannerRow(
            .rejected, "unusable", "–", "no torrent of it", "`rejected`; looked at again when it changes"),
        PlannerRow(
            .rejectedLater, "unusable", "–", "an earlier generation has a torrent",
            "`rejected`; that torrent stays as it is"),
        PlannerRow(
            .neverAccepted, "gone", "–", "never more than a rejected file", "forgotten with its status"),
        PlannerRow(
            .conflict, "asked for twice", "–", "another request came first",
            "`conflict`: waits for that one to go"
        ),
        PlannerRow(
            .renamed, "gone; another name asks for its torrent", "–", "followed under this name",
            "the new name goes on with it; the old status goes"),
        PlannerRow(
            .moved, "names another client", "there", "followed at this client",
            "goes on at the other; the torrent here goes once that one is followed"),
        PlannerRow(
            .ended, "as before", "–", "`finished` or `failed` in this generation",
            "nothing until the request changes or `retry`"),
        PlannerRow(
            .storeLost, "asked for or gone", "without our mark, absent, or to be removed", "hold `StoreLost`",
            "nothing is added, adopted or removed until `approve`"),
        PlannerRow(
            .suspended, "`suspend: true`", "there or absent", "–",
            "nothing is changed; followed where it is there"),
        PlannerRow(
            .notBefore, "`notBefore` is to come", "absent", "never added", "waits: `NotBefore`"),
        PlannerRow(
            .gaveUp, "`giveUpAfter` is over", "not complete", "accepted that long ago",
            "`failed`, `GaveUp`; the torrent stays"),
        PlannerRow(
            .resolving, "its source is an address", "–", "nothing to add yet", "`resolving`: it is fetched"),
        PlannerRow(
            .sourceBackoff, "its source must be fetched", "–", "fetching failed a moment ago",
            "waits out the backoff"),
        PlannerRow(
            .sourcesGone, "every source was tried", "–", "the last is gone for good",
            "`failed`, `SourceGone`; what an earlier generation brought stays"),
        PlannerRow(
            .sourcesBad, "every source was tried", "–", "the last is no torrent",
            "`rejected` for what came; what an earlier generation brought stays"),
        PlannerRow(
            .absentUnresolved, "`absent`, its source never fetched", "–", "nothing was added",
            "`removed`, `Absent`"),
        PlannerRow(
            .clientUnreachable, "asked for or gone", "not reached", "–",
            "nothing is planned; a followed one keeps its status"),
        PlannerRow(
            .credentialsRefused, "asked for or gone", "refuses the credentials", "–",
            "nothing is planned; `CredentialsRefused`"),
        PlannerRow(
            .needsListing, "asked for or gone", "not in a look at some", "added, or to be removed",
            "all are listed first, then judged again"),
    ]
}
