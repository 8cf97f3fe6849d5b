/// Asked to be absent, or no longer asked for.
extension PlannerRow {
    static let goneRows: [PlannerRow] = [
        PlannerRow(
            .absentPrune, "`absent`", "there, with our tag", "ours", "removed without grace, data kept"),
        PlannerRow(
            .absentClaimed, "`absent`; another request asks for it", "there", "followed",
            "`conflict`, `Claimed`: it stays"
        ),
        PlannerRow(
            .grace, "gone", "there", "gone for less than `prune.grace`, or at first sight", "waits: `Grace`"),
        PlannerRow(
            .withdrawnPrune, "gone, or `qspool remove`", "there, with our tag", "ours, grace is over",
            "removed, data kept"),
        PlannerRow(
            .pruneBudget, "too many are gone, `absent` or at their goal", "there", "ours",
            "none is removed; hold `PruneBudget`"),
        PlannerRow(
            .removalTagFirst, "to be removed", "without our tag", "ours; the server forgot the tag",
            "our tag first, then it is removed"),
        PlannerRow(
            .removalVerifying, "to be removed", "there", "the removal was acknowledged less than 5 s ago",
            "looks again"),
        PlannerRow(
            .removalFirstCheck, "to be removed with its data", "there; what it downloaded does not show yet",
            "added or changed less than 60 s ago", "looks again"),
        PlannerRow(
            .removalBackoff, "to be removed", "there", "the last try failed a moment ago",
            "waits out the backoff"),
        PlannerRow(
            .removalRelease, "gone or `absent`", "there", "adopted", "released: our mark off, it stays"),
        PlannerRow(
            .removalKeep, "gone, `onDelete: keep`", "there", "ours", "released: our tag off, it stays"),
        PlannerRow(
            .removalDisowned, "gone or `absent`", "there", "disowned", "`removed`, `Released`: it stays"),
        PlannerRow(
            .released, "gone or `absent`", "there, our mark is off", "being released", "`removed`: it stays"),
        PlannerRow(.removed, "gone", "absent", "we removed it", "`removed`"),
        PlannerRow(.withdrawnGone, "gone", "absent", "followed", "`removed`, `AlreadyGone`"),
        PlannerRow(.withdrawnNothing, "gone", "–", "nothing was added", "`removed`"),
        PlannerRow(.withdrawnEnded, "gone", "–", "ended before, without a torrent", "`removed`"),
        PlannerRow(
            .withdrawnAdding, "gone", "absent", "an add not answered, less than 5 s ago", "looks again"),
        PlannerRow(
            .withdrawnForeign, "gone", "there, without our tag", "an add without its answer",
            "`removed`: somebody else's stays"),
        PlannerRow(
            .withdrawnTaken, "gone", "there", "another request follows its torrent by now",
            "`removed`: it stays"),
        PlannerRow(
            .withdrawnClaimed, "gone; another request asks for it", "there", "followed",
            "it stays, and that request takes over"),
        PlannerRow(
            .withdrawnHandsOff, "gone", "tagged `qspool-hands-off`", "followed",
            "it stays as long as it is marked"),
        PlannerRow(
            .withdrawnNext, "gone", "–", "one of several torrents that it meant has gone", "the next one goes"
        ),
        PlannerRow(.removedKept, "gone", "–", "removed a while ago", "its status stays"),
        PlannerRow(
            .removedExpired, "gone", "–", "removed `status.keepRemoved` ago", "forgotten with its status"),
    ]
}
