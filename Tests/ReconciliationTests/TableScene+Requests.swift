import Metainfo
import Reconciliation

extension TableScene {
    static let requests = [
        TableScene(.spoolUnavailable, "not judged") {
            $0.follow("aa")
            $0.desired.availability = .unavailable("no identity")
        },
        TableScene(.foreign, "not judged") { $0.list("aa") },
        TableScene(.defaultsInvalid, "wait Unreadable → downloading") {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa")
            $0.list("aa")
            $0.desired.heldFolders[""] = HeldFolder(
                reason: "its defaults", problem: Problem(code: "bad-json", message: "no JSON"))
        },
        TableScene(.unreadable, "wait Unreadable → waiting/Unreadable") { $0.damage("aa") },
        TableScene(.rejected, "ignore → rejected/BadJson") { $0.reject("aa") },
        TableScene(.rejectedLater, "ignore → rejected/BadJson") {
            $0.reject("aa")
            $0.follow("aa")
            $0.list("aa")
        },
        TableScene(.neverAccepted, "forgotten") {
            $0.memory.remember(SubjectMemory(), for: Scene.key("aa"))
        },
        TableScene(.conflict, "ignore → conflict/Conflict") {
            $0.know("zz")
            $0.know("aa")
            $0.ask("zz", for: Scene.identity("aa"))
            $0.ask("aa")
        },
        TableScene(.renamed, "forgotten") {
            $0.follow("aa")
            $0.ask("new", for: Scene.identity("aa"))
            $0.list("aa")
        },
        TableScene(.moved, "forgotten") {
            $0.follow("aa")
            $0.list("aa")
            $0.desired.accept(
                Request(
                    key: SubjectKey(client: "nas", name: RequestName("aa")), identity: Scene.identity("aa"),
                    version: RequestVersion(digest: Scene.digest("2"), readAt: Scene.ago(5).wall)))
        },
        TableScene(.ended, "settled → failed/GaveUp") {
            $0.ask("aa")
            $0.follow("aa") { $0.ending = PlannerWantedTests.ending(.failed, "GaveUp") }
            $0.list("aa")
        },
        TableScene(.storeLost, "hold StoreLost → waiting/Hold") {
            $0.ask("aa")
            $0.hold(.storeLost)
        },
        TableScene(.suspended, "wait Suspended → downloading") {
            $0.ask("aa", [.category: .text("iso")], isSuspended: true)
            $0.follow("aa")
            $0.list("aa")
        },
        TableScene(.notBefore, "wait NotBefore → waiting/NotBefore") {
            $0.ask("aa", terms: RequestTerms(notBefore: Scene.ago(-3_600).wall))
        },
        TableScene(.gaveUp, "settled → failed/GaveUp") {
            $0.ask("aa", terms: RequestTerms(giveUpAfterMilliseconds: 7_200_000))
            $0.follow("aa") { $0.acceptedAt = Scene.ago(7_200) }
            $0.list("aa")
        },
        TableScene(.resolving, "wait Resolving → resolving") { $0.askForSources("aa") },
        TableScene(.sourceBackoff, "wait Backoff → waiting/Backoff") {
            $0.askForSources("aa") { $0.sources?.attempt = PlannerWantedTests.failed(dueIn: 5) }
        },
        TableScene(.sourcesGone, "ignore → failed/SourceGone") {
            $0.askForSources(
                "aa", gaveUp: [Scene.givenUp(isGone: false), Scene.givenUp(isGone: true)])
        },
        TableScene(.sourcesBad, "ignore → rejected/BadTorrent") {
            $0.askForSources(
                "aa", gaveUp: [Scene.givenUp(isGone: true), Scene.givenUp(isGone: false)])
        },
        TableScene(.absentUnresolved, "settled → removed/Absent") {
            $0.askForSources("aa", [.state: .text("absent")])
        },
        TableScene(.clientUnreachable, "wait ClientUnreachable → waiting/ClientUnreachable") {
            $0.ask("aa")
            $0.coverage = .unknown(ClientTrouble(kind: .unreachable, message: "refused"))
        },
        TableScene(.credentialsRefused, "wait CredentialsRefused → waiting/CredentialsRefused") {
            $0.ask("aa")
            $0.coverage = .unknown(ClientTrouble(kind: .credentials, message: "wrong password"))
        },
        TableScene(.needsListing, "wait Verifying → as before") {
            $0.ask("aa")
            $0.coverage = .partial
        },
    ]

    static let absence = [
        TableScene(.add, "act add → adding") { $0.ask("aa") },
        TableScene(.backoff, "wait Backoff → waiting/Backoff") {
            $0.ask("aa")
            $0.know("aa") { $0.attempt = PlannerWantedTests.failed(dueIn: 5) }
        },
        TableScene(.admission, "wait Admission → waiting/Admission") {
            $0.rules.limits.active = 0
            $0.ask("aa")
        },
        TableScene(.diskSpace, "wait DiskSpace → waiting/DiskSpace") {
            $0.rules.limits.minFreeSpace = 1_000
            $0.facts.freeSpace = 999
            $0.ask("aa")
        },
        TableScene(.addsPerPass, "wait Admission → waiting/Admission") {
            $0.rules.addsPerPass = 0
            $0.ask("aa")
        },
        TableScene(.storeFull, "wait Admission → waiting/Admission") {
            $0.isStoreFull = true
            $0.ask("aa")
        },
        TableScene(.exchange, "act add → adding") {
            $0.follow("aa")
            $0.list("aa")
            $0.ask("aa", for: Scene.identity("bb"), content: "2")
        },
        TableScene(.absentReached, "settled → removed/Absent") { $0.ask("aa", [.state: .text("absent")]) },
        TableScene(.notListedYet, "wait Verifying → adding") {
            $0.ask("aa")
            $0.follow("aa") {
                $0.following?.isConfirmed = false
                $0.following?.lastCallAt = Scene.ago(4)
            }
        },
        TableScene(.forgotten, "act add → adding") {
            $0.ask("aa")
            $0.follow("aa") {
                $0.following?.isConfirmed = false
                $0.following?.lastCallAt = Scene.ago(5)
            }
        },
        TableScene(.massVanish, "hold MassVanish → waiting/Hold") {
            for name in ["aa", "bb"] {
                $0.ask(name)
                $0.follow(name)
            }
        },
        TableScene(.completedVanished, "settled → finished/RemovedByUser") {
            $0.ask("aa")
            $0.follow("aa") { $0.following?.hasCompleted = true }
            $0.addCompany()
        },
        TableScene(.adoptedVanished, "settled → finished/RemovedByUser") {
            $0.ask("aa")
            $0.follow("aa", as: .adopted)
        },
        TableScene(.vanishAccepted, "settled → finished/RemovedByUser") {
            $0.ask("aa", terms: RequestTerms(onVanish: .accept))
            $0.follow("aa")
            $0.addCompany()
        },
        TableScene(.readd, "act add → adding") {
            $0.ask("aa", terms: RequestTerms(onVanish: .readd))
            $0.follow("aa") { $0.following?.hasCompleted = true }
            $0.addCompany()
        },
        TableScene(.keepsVanishing, "settled → failed/KeepsVanishing") {
            $0.ask("aa")
            $0.follow("aa") { $0.following?.readds = 3 }
            $0.addCompany()
        },
        TableScene(.goalRemoved, "settled → finished/GoalMet") {
            $0.ask("aa", [.seed: .goals(PlannerGoalTests.removed)])
            $0.follow("aa") { $0.intent = Intent(kind: .finish, at: Scene.ago(3)) }
        },
    ]
}
