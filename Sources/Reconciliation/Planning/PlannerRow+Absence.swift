/// The torrent that is asked for is not there.
extension PlannerRow {
    static let absenceRows: [PlannerRow] = [
        PlannerRow(.add, "asked for", "absent", "never added", "add, with our tag"),
        PlannerRow(
            .backoff, "asked for", "absent, or differs", "the last try failed a moment ago",
            "waits out the backoff"),
        PlannerRow(
            .admission, "asked for", "absent; `limits.active` reached", "not admitted",
            "waits in line: `Admission`"),
        PlannerRow(
            .diskSpace, "asked for", "absent; too little room, or unknown", "not admitted",
            "waits in line: `DiskSpace`"),
        PlannerRow(
            .addsPerPass, "asked for", "absent", "`limits.addsPerPass` sent in this pass",
            "waits for the next pass, at once"),
        PlannerRow(
            .storeFull, "asked for", "absent", "the store is nearly full", "waits: nothing new is taken on"),
        PlannerRow(
            .exchange, "asks for another torrent now", "absent; the one before is there",
            "follows the one before",
            "add the new one; the old one stays until it is there"),
        PlannerRow(
            .absentReached, "`absent`", "absent", "–", "`removed`, `Absent`"),
        PlannerRow(
            .notListedYet, "asked for", "absent", "our call was acknowledged less than 5 s ago",
            "looks again"),
        PlannerRow(
            .forgotten, "asked for", "absent",
            "not seen for a minute yet, or lost in a restart right after our call",
            "the server forgot: add again, not counted"),
        PlannerRow(
            .massVanish, "asked for", "absent, and so are too many of ours", "followed",
            "nothing is added to that client; hold `MassVanish`"),
        PlannerRow(
            .completedVanished, "asked for, `onVanish: auto`", "absent", "was complete",
            "`finished`, `RemovedByUser`"),
        PlannerRow(
            .adoptedVanished, "asked for", "absent", "adopted or disowned", "`finished`, `RemovedByUser`"),
        PlannerRow(
            .vanishAccepted, "`onVanish: accept`", "absent", "ours", "`finished`, `RemovedByUser`"),
        PlannerRow(
            .readd, "asked for", "absent", "not complete, or `onVanish: readd`; lost less than 4 times",
            "add again, counted"),
        PlannerRow(
            .keepsVanishing, "asked for", "absent", "added again 3 times already",
            "`failed`, `KeepsVanishing`"),
        PlannerRow(
            .goalRemoved, "asked for", "absent", "we removed it at its goal", "`finished`, `GoalMet`"),
    ]
}
