/// The torrent that is asked for is there.
extension PlannerRow {
    static let presenceRows: [PlannerRow] = [
        PlannerRow(
            .found, "asked for", "there, with our tag", "an add without its answer, or hold `StoreLost`",
            "ours: followed"),
        PlannerRow(
            .handedOver, "asked for", "there, with our tag", "another request added it and asks no more",
            "ours: followed"),
        PlannerRow(
            .adoptedBefore, "asked for", "there, tagged as adopted", "nothing", "followed, never removed"),
        PlannerRow(
            .adopt, "asked for", "there, not ours", "nothing", "adopt: tag it, follow it, never remove it"),
        PlannerRow(
            .absentForeign, "`absent`", "there, not ours", "nothing", "`removed`, `Released`: it stays"),
        PlannerRow(
            .handsOff, "asked for", "tagged `qspool-hands-off`", "–", "nothing is changed; followed"),
        PlannerRow(
            .inTransit, "asked for", "moving, allocating, or checking its resume data", "followed",
            "nothing is compared until it is done"),
        PlannerRow(
            .saveRootMissing, "asked for or gone", "below a save root that is not mounted",
            "complete before, or new",
            "nothing is added, changed or removed there; hold `SaveRootMissing`"),
        PlannerRow(
            .change, "asked for", "differs", "the wanted value was never set", "the changes, in field order"),
        PlannerRow(
            .verifying, "asked for", "differs", "set less than 5 s ago", "looks again; no drift yet"),
        PlannerRow(
            .drift, "asked for, `drift: enforce`", "differs", "the wanted value was set",
            "logged with both values and corrected"),
        PlannerRow(
            .driftReported, "asked for, `drift: report`", "differs", "the wanted value was set",
            "logged with both values and reported"),
        PlannerRow(
            .contested, "asked for, `drift: enforce`", "differs", "corrected 3 times in an hour",
            "`Contested`: left alone until the request changes"),
        PlannerRow(
            .tagRestored, "asked for", "without our tag", "ours; the server forgot, or never took it",
            "our tag is put back"),
        PlannerRow(
            .tagTakenOff, "asked for", "without our tag", "ours, and seen with it",
            "disowned: followed like an adopted one"),
        PlannerRow(
            .choosingFiles, "asked for with `files`", "no metadata yet", "added to stop at its metadata",
            "waits; then chooses, then starts"),
        PlannerRow(
            .unsupported, "asks for what cannot be carried out", "the same in all else", "followed",
            "settled; condition `Unsupported`"),
        PlannerRow(
            .atAddOnly, "a field *at add only* changed", "the same in all else", "followed",
            "settled; condition `AtAddOnly`"),
        PlannerRow(
            .inError, "asked for", "`error` or `missingFiles`", "followed",
            "watched: never resumed, checked or given up"),
        PlannerRow(
            .retried, "asked for; `qspool retry`", "`error` with nothing complete", "ours",
            "removed, data kept, to be added again"),
        PlannerRow(
            .stallReported, "`stall.then: report`, or no further source", "no progress", "for `stall.after`",
            "said in the status"),
        PlannerRow(
            .stallNext, "`stall.then: next`", "no progress", "for `stall.after`",
            "the next source is tried beside it"),
        PlannerRow(
            .stallFailed, "`stall.then: fail`", "no progress", "for `stall.after`",
            "`failed`, `Stalled`; the torrent stays"),
        PlannerRow(
            .completing, "asked for", "complete", "for the first time", "looks again before it is said"),
        PlannerRow(.settled, "asked for", "the same", "followed", "nothing"),
        PlannerRow(
            .returned, "back after it was gone", "the same", "its grace ran", "grace ends; nothing else"),
        PlannerRow(
            .goalKept, "`seed.then: keep`", "at its goal", "complete in two looks", "said in the status"),
        PlannerRow(.goalStop, "`seed.then: stop`", "at its goal", "complete in two looks", "stop"),
        PlannerRow(
            .goalStopped, "`seed.then: stop`", "at its goal, stopped", "complete in two looks",
            "`finished`, `GoalMet`"),
        PlannerRow(
            .goalRemove, "`seed.then: remove`", "at its goal", "ours", "removed, data kept; then `finished`"),
        PlannerRow(
            .goalNotOurs, "`seed.then: remove`", "at its goal", "adopted or disowned",
            "`finished`, `GoalMet`: it stays"),
        PlannerRow(
            .goalClaimed, "`seed.then: remove`; another request asks for it", "at its goal", "ours",
            "`finished`, `GoalMet`: it stays"),
        PlannerRow(
            .leavingGoes, "asked for another torrent before", "the old one is there",
            "to go, and the new one is there",
            "the old one is removed if it was ours, else released"),
        PlannerRow(
            .leavingStays, "asked for another torrent before", "the old one is there",
            "to go, but marked or asked for elsewhere", "it stays as long as that holds"),
    ]
}
