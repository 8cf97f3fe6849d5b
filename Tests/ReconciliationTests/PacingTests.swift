import Reconciliation
import TestSupport
import Testing

@Suite("Pacing")
struct PacingTests {
    @Test("A delay doubles to its ceiling and is drawn between the floor and there", arguments: 1...40)
    func backoff(failures: Int) {
        var random = SplitMix64(seed: UInt64(failures))
        let limit = Backoff.request.limit(afterFailures: failures)
        #expect(limit == (failures < 11 ? 5_000 << Int64(failures - 1) : 3_600_000))
        for _ in 1...50 {
            let delay = Backoff.request.delay(afterFailures: failures, using: &random)
            #expect((1_000...limit).contains(delay))
        }
    }

    @Test("The server's first delay is its floor")
    func serverBackoff() {
        var random = SplitMix64(seed: 1)
        #expect(Backoff.server.delay(afterFailures: 1, using: &random) == 1_000)
        #expect(Backoff.server.limit(afterFailures: 30) == 300_000)
        #expect(Backoff.request.limit(afterFailures: 0) == 5_000)
    }

    @Test("A server that failed is left alone for a while, one that answers is not")
    func serverFailures() throws {
        var random = SplitMix64(seed: 1)
        var backoff = ServerBackoff()
        #expect(backoff.allows(Scene.now))
        backoff.failed(at: Scene.now, using: &random)
        #expect(!backoff.allows(Scene.now))
        #expect(backoff.allows(Scene.now.advanced(byMilliseconds: 1_000)))
        for _ in 1...20 { backoff.failed(at: Scene.now, using: &random) }
        #expect(backoff.failures == 21)
        #expect(backoff.allows(Scene.now.advanced(byMilliseconds: 300_000)))
        backoff.succeeded()
        #expect(backoff == ServerBackoff())
    }

    @Test("Listings take one part in a hundred of the server's time, and no more than one an interval")
    func listings() {
        var pacer = ObservationPacer(intervalMilliseconds: 30_000)
        #expect(pacer.nextListing(now: Scene.now) == Scene.now)
        pacer.noteListing(at: Scene.now, costMilliseconds: 10)
        #expect(pacer.nextListing(now: Scene.now) == Scene.now.advanced(byMilliseconds: 30_000))
        pacer.noteListing(at: Scene.now, costMilliseconds: 2_000)
        // The one before is not paid for yet.
        #expect(pacer.nextListing(now: Scene.now) == Scene.now.advanced(byMilliseconds: 201_000))
    }

    @Test("Over a daemon's life observing takes 2 % at most, whatever it costs", arguments: UInt64(1)...60)
    func share(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var pacer = ObservationPacer(intervalMilliseconds: [1_000, 30_000][Int(seed % 2)])
        let scale = Int64([1, 20, 400, 3_000][Int(seed % 4)])
        var now = Scene.now
        var spent: [Bool: Int64] = [:]
        pacer.noteListing(at: now, costMilliseconds: 0)
        for _ in 1...400 {
            // Some cannot wait: a removal, a change that is to be verified. Then others wait for longer.
            let isForced = random.oneIn(10)
            let listing = pacer.nextListing(now: now)
            let look = pacer.nextLook(now: now, isMoving: random.oneIn(2))
            let isListing = listing.bootMilliseconds <= look.bootMilliseconds
            if isForced {
                now = now.advanced(byMilliseconds: 10)
            } else if let wait = (isListing ? listing : look).milliseconds(since: now), wait > 0 {
                now = now.advanced(byMilliseconds: wait)
            }
            if !isForced {
                // Each kind has half of it, paid for before anything that could wait is made.
                let life = try #require(now.milliseconds(since: Scene.now))
                #expect(spent[isListing, default: 0] * 100 <= life, "replay with seed \(seed)")
                let all = spent.values.reduce(0, +)
                if life > 0 { #expect(pacer.measuredShare(now: now) == Double(all) / Double(life)) }
            }
            let cost = Int64.random(in: 0...scale, using: &random)
            spent[isListing, default: 0] += cost
            if isListing {
                pacer.noteListing(at: now, costMilliseconds: cost)
            } else {
                pacer.noteLook(at: now, costMilliseconds: cost)
            }
        }
    }

    @Test("Looks follow what moves every two seconds, as far as their share goes")
    func looks() {
        var pacer = ObservationPacer(intervalMilliseconds: 30_000)
        #expect(pacer.nextLook(now: Scene.now, isMoving: false) == Scene.now)
        pacer.noteLook(at: Scene.now, costMilliseconds: 1)
        #expect(pacer.nextLook(now: Scene.now, isMoving: true) == Scene.now.advanced(byMilliseconds: 2_000))
        #expect(pacer.nextLook(now: Scene.now, isMoving: false) == Scene.now.advanced(byMilliseconds: 30_000))
        pacer.noteLook(at: Scene.now, costMilliseconds: 50)
        #expect(pacer.nextLook(now: Scene.now, isMoving: true) == Scene.now.advanced(byMilliseconds: 5_100))
        pacer.noteListing(at: Scene.now.advanced(byMilliseconds: 1_000), costMilliseconds: 1)
        #expect(pacer.nextLook(now: Scene.now, isMoving: true) == Scene.now.advanced(byMilliseconds: 5_100))
        let hasty = ObservationPacer(intervalMilliseconds: 500)
        var busy = hasty
        busy.noteLook(at: Scene.now, costMilliseconds: 0)
        #expect(busy.nextLook(now: Scene.now, isMoving: true) == Scene.now.advanced(byMilliseconds: 500))
        #expect(busy != hasty)
    }

    @Test("Stamps of different boots cannot be subtracted, and a deadline of another boot has come")
    func boots() {
        let other = Timestamp(bootID: "other", bootMilliseconds: 99_000_000, wall: Scene.now.wall)
        #expect(Scene.now.milliseconds(since: other) == nil)
        #expect(Scene.now.hasReached(other))
        #expect(Scene.now.hasReached(Scene.now))
        #expect(!Scene.now.hasReached(Scene.ago(-1)))
        #expect(Scene.now.milliseconds(since: Scene.ago(2)) == 2_000)
    }
}

@Suite("Wall time")
struct WallTimeTests {
    static let instants: [(String, Int64)] = [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59Z", -1_000),
        ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("2000-03-01T00:00:00Z", 951_868_800_000),
        ("1900-03-01T00:00:00Z", -2_203_891_200_000),
        ("2100-02-28T23:59:59Z", 4_107_542_399_000),
        ("2100-03-01T00:00:00Z", 4_107_542_400_000),
        ("2024-02-29T12:34:56Z", 1_709_210_096_000),
        ("2026-11-22T10:00:00Z", 1_795_341_600_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59Z", 253_402_300_799_000),
    ]

    @Test("Reads what it writes", arguments: instants)
    func bothWays(_ text: String, _ milliseconds: Int64) {
        #expect(WallTime(milliseconds: milliseconds).description == text)
        #expect(WallTime(rfc3339: text)?.milliseconds == milliseconds)
    }

    static let spellings: [(String, Int64)] = [
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T22:30:00-01:30", 0),
        ("1970-01-01t00:00:00z", 0),
        ("1970-01-01T00:00:00.5Z", 500),
        ("1970-01-01T00:00:00.123456789Z", 123),
        ("1970-01-01T00:00:00.05Z", 50),
        ("1969-12-31T23:59:59.750Z", -250),
        ("1970-01-01T00:00:60Z", 60_000),
    ]

    @Test("Reads offsets, fractions, small letters", arguments: spellings)
    func otherSpellings(_ text: String, _ milliseconds: Int64) {
        #expect(WallTime(rfc3339: text)?.milliseconds == milliseconds)
    }

    static let wrong = [
        "", "2026-11-22", "2026-11-22T10:00:00", "2026-11-22 10:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00Zjunk", "+026-01-01T00:00:00Z", "2026-01-01T00:00:00é",
    ]

    @Test("Reads nothing else", arguments: wrong)
    func notATime(_ text: String) {
        #expect(WallTime(rfc3339: text) == nil)
    }

    @Test("Any instant between the years 1 and 9999 survives the way there and back")
    func roundTrips() {
        var random = SplitMix64(seed: 7)
        for _ in 1...2_000 {
            let seconds = Int64.random(in: -62_135_596_800...253_402_300_799, using: &random)
            let time = WallTime(seconds: seconds)
            #expect(WallTime(rfc3339: time.description) == time)
        }
    }
}

@Suite("Figures for people")
struct DisplayTests {
    @Test("Per cent, rounded down")
    func percent() {
        #expect(Display.percent(0.375) == "37.5 %")
        #expect(Display.percent(0.9999) == "99.9 %")
        #expect(Display.percent(1) == "100 %")
        #expect(Display.percent(0) == "0 %")
        #expect(Display.percent(-1) == "0 %" && Display.percent(2) == "100 %")
        #expect(Display.percent(.nan) == "0 %" && Display.percent(.infinity) == "100 %")
    }

    @Test("Bytes in powers of 1024")
    func bytes() {
        #expect(Display.bytes(0) == "0 B" && Display.bytes(1_023) == "1023 B")
        #expect(Display.bytes(1_024) == "1.0 KiB")
        #expect(Display.bytes(4_509_715_660) == "4.2 GiB")
        #expect(Display.bytes(-1) == "0 B")
        #expect(Display.bytes(.max) == "8192.0 PiB")
    }

    @Test("Durations in one unit")
    func durations() {
        #expect(Display.duration(seconds: -5) == "0 seconds" && Display.duration(seconds: 1) == "1 second")
        #expect(Display.duration(seconds: 59) == "59 seconds" && Display.duration(seconds: 60) == "1 minute")
        #expect(Display.duration(seconds: 720) == "12 minutes")
        #expect(Display.duration(seconds: 10_800) == "3 hours")
        #expect(Display.duration(seconds: 432_000) == "5 days")
    }

    @Test("Decimals")
    func decimals() {
        #expect(Display.decimal(1.5, places: 2) == "1.50" && Display.decimal(12, places: 1) == "12.0")
        #expect(Display.decimal(0.05, places: 1) == "0.1" && Display.decimal(-0.04, places: 1) == "0.0")
        #expect(Display.decimal(-1.26, places: 1) == "-1.3" && Display.decimal(7, places: 0) == "7")
        #expect(Display.decimal(.infinity, places: 1) == "∞" && Display.decimal(.nan, places: 1) == "0")
    }
}
