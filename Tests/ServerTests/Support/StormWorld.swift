import TestSupport

/// What the storm has asked for, and what must therefore be.
struct StormWorld {
    private struct Request {
        let file: String
        let sample: Sample
        var content: [UInt8]
        var category: String?
        /// When the server first listed it.
        var addedAt: Int?

        var name: String { String(file.prefix { $0 != "." }) }
    }

    /// More than this many are not kept at a time, so that a pass stays short.
    private static let mostRequests = 24
    /// The category of torrents that a test looks after by itself.
    static let apart = "apart"

    let bench: Bench
    private var requests: [Request] = []
    private var withdrawn: [Request] = []
    private var withdrawnSinceCheck = 0
    private var made = 0
    private var changes = 0

    init(bench: Bench) { self.bench = bench }

    /// One or two new requests, a change, and now and then a withdrawal.
    mutating func change(using dice: inout SplitMix64) throws {
        for _ in 0..<Int.random(in: 1...2, using: &dice) { try add(using: &dice) }
        let changeable = requests.indices.filter { requests[$0].category != nil }
        if let index = changeable.randomElement(using: &dice) {
            // Never one that it had before: a change that was cut off and then taken back is settled by
            // verification, five seconds after the last call, and not in two passes.
            changes += 1
            let category = "c\(changes)"
            requests[index].category = category
            requests[index].content = Self.json(requests[index].sample, category)
            try bench.root.drop(requests[index].file, requests[index].content)
        }
        // The budget of removals is five at a time.
        let isFull = requests.count > Self.mostRequests
        if withdrawnSinceCheck < 5, isFull || Bool.random(using: &dice), !requests.isEmpty {
            let gone = requests.remove(at: Int.random(in: 0..<requests.count, using: &dice))
            try bench.root.withdraw(gone.file)
            withdrawn.append(gone)
            withdrawnSinceCheck += 1
        }
    }

    private mutating func add(using dice: inout SplitMix64) throws {
        guard requests.count <= Self.mostRequests else { return }
        made += 1
        let sample = Sample("storm-\(made)")
        let request =
            switch Int.random(in: 0...3, using: &dice) {
            case 0:
                Request(file: "r\(made).torrent", sample: sample, content: sample.metainfo)
            case 1:
                Request(file: "r\(made).magnet", sample: sample, content: Array(sample.magnet.utf8))
            default:
                Request(
                    file: "r\(made).json", sample: sample, content: Self.json(sample, "new"),
                    category: "new")
            }
        try bench.root.drop(request.file, request.content)
        requests.append(request)
    }

    private static func json(_ sample: Sample, _ category: String) -> [UInt8] {
        Array(
            "{\"source\": \"\(sample.magnet)\", \"state\": \"stopped\", \"category\": \"\(category)\"}".utf8)
    }

    /// What is not as it must be once all has converged.
    ///
    /// - Parameter foreign: ``Seen/lasting`` of the torrents that are nobody's business, sorted.
    mutating func violations(foreign: [String]) async throws -> [Violation] {
        let seen = try await bench.eye.torrents()
        var violations: [Violation] = []
        if seen.filter({ $0.category == "theirs" }).map(\.lasting).sorted() != foreign {
            violations.append(Violation(.foreignUntouched, "foreign torrents changed"))
        }
        let ours = seen.filter { $0.category != "theirs" && !isApart($0) }
        let byHash = Dictionary(grouping: ours, by: \.hash)
        let wanted = Set(requests.map(\.sample.hash))
        for torrent in ours where !wanted.contains(torrent.hash) {
            violations.append(Violation(.convergence, "\(torrent.name) is asked for no longer and there"))
        }
        for index in requests.indices {
            violations += try self.violations(of: index, byHash[requests[index].sample.hash] ?? [])
        }
        for request in withdrawn {
            let status = try bench.root.status(request.name)
            if status.exists, status["phase"].text != "removed" {
                violations.append(Violation(.truth, "\(request.file) is gone: \(status)"))
            }
        }
        return violations
    }

    private mutating func violations(of index: Int, _ torrents: [Seen]) throws -> [Violation] {
        let request = requests[index]
        var violations: [Violation] = []
        func expect(_ isSo: Bool, _ promise: Promise, _ what: String) {
            if !isSo { violations.append(Violation(promise, "\(request.file): \(what)")) }
        }
        let kept = try Files.read(bench.root.request(request.file))
        expect(kept == request.content, .requestKept, "the file was changed")
        guard let torrent = torrents.first else {
            expect(false, .convergence, "no torrent")
            return violations
        }
        expect(torrents.count == 1, .addedOnce, "\(torrents.count) torrents")
        expect(torrent.tags == ["qspool"], .convergence, "tags \(torrent.tags.sorted())")
        if let category = request.category {
            expect(torrent.category == category, .convergence, "category \(torrent.category)")
        }
        let addedAt = torrent.reply["added_on"].integer
        expect(request.addedAt == nil || request.addedAt == addedAt, .addedOnce, "added anew")
        requests[index].addedAt = addedAt
        let status = try bench.root.status(request.name)
        let isTold =
            status["request"]["digest"].text == Sample.sha256(request.content)
            && status["torrent"]["hash"].text == request.sample.hash
        expect(isTold, .truth, "its status says \(status)")
        return violations
    }

    /// Forgets what was withdrawn: its removal has been seen.
    mutating func beginAgain() {
        withdrawn = []
        withdrawnSinceCheck = 0
    }

    /// A server that forgets, and a person who deletes, have torrents added again.
    mutating func expectAddedAnew() {
        for index in requests.indices { requests[index].addedAt = nil }
    }

    /// The torrent of a request that stands.
    func anyTorrent(using dice: inout SplitMix64) -> Sample? {
        requests.filter { $0.addedAt != nil }.randomElement(using: &dice)?.sample
    }

    var count: Int { requests.count }

    /// The info-hashes that are asked for now.
    var wanted: Set<String> { Set(requests.map(\.sample.hash)) }

    private func isApart(_ torrent: Seen) -> Bool { torrent.category == StormWorld.apart }
}
