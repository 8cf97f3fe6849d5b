/// Tells whether the server was restarted, from what changes then: sessions are refused, the launch time
/// moves.
struct RestartWatch {
    private var launch: String?
    private var launchesSeen = 0
    /// How many signs there were at the last listing, and at the one before it.
    private var atLastListing = 0
    private var atListingBefore = 0

    /// - Parameter text: The answer of `app/processInfo`, compared as a whole.
    /// - Returns: Whether it is another launch than the one seen before.
    mutating func noteLaunch(_ text: String) -> Bool {
        let isAnother = launch != nil && launch != text
        if isAnother { launchesSeen += 1 }
        launch = text
        return isAnother
    }

    mutating func noteListing(refusedSessions: Int) {
        atListingBefore = atLastListing
        atLastListing = refusedSessions + launchesSeen
    }

    /// Whether there was a sign after the listing before the last one.
    func hasRestarted(refusedSessions: Int) -> Bool {
        refusedSessions + launchesSeen > atListingBefore
    }
}
