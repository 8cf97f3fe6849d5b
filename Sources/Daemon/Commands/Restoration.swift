import JSON
public import Reconciliation
import Spool
import Store

/// `qspool restore`: writes requests again that are gone, byte for byte as they were accepted.
///
/// Reads the store and writes request files, so it works beside a daemon; the next pass takes the request up
/// again, or ends its withdrawal.
public struct Restoration {
    /// A request that is gone and can be had back.
    public struct Lost: Sendable {
        public let key: SubjectKey
        /// Its kept generations, the latest first.
        public let generations: [KeptGeneration]
        /// When it was seen to be gone; `nil` while no pass has seen it.
        public let goneAt: WallTime?
        /// Until when it is kept at least; `nil` while the time does not run yet.
        public let keptUntil: WallTime?
    }

    /// A generation that can be had back.
    public struct KeptGeneration: Sendable {
        public let number: Int
        public let acceptedAt: WallTime
        let request: KeptRequest
    }

    /// What was written.
    public struct Restored: Sendable {
        public let key: SubjectKey
        public let generation: Int
        /// Below `requests/`.
        public let files: [String]
    }

    private let installation: Installation
    private let store: Store
    private let writer: RequestWriter

    /// - Throws: ``Failure``, or what the store or the spool throws when they cannot be read.
    public init(_ installation: Installation) throws {
        self.installation = installation
        store = try ReadOnlyStore.open(installation)
        try KnownSpool.require(installation, store)
        writer = try RequestWriter(directory: installation.layout.requests)
    }

    /// What can be restored, by name.
    public func lost() throws -> [Lost] {
        let subjects = try store.recall().memory.subjects
        var lost: [Lost] = []
        for (name, generations) in try kept() where try !isThere(name) {
            guard let latest = generations.first else { continue }
            let subject = subjects[latest.key]
            let goneAt = latest.endedAt ?? subject?.ending?.at ?? subject?.withdrawal?.since.wall
            lost.append(
                Lost(
                    key: latest.key,
                    generations: generations.map {
                        KeptGeneration(number: $0.generation, acceptedAt: $0.acceptedAt, request: $0)
                    }, goneAt: goneAt, keptUntil: keptUntil(latest, subject)))
        }
        return lost.sorted { $0.key.name < $1.key.name }
    }

    /// Writes the files of these requests again. All of them are looked at before the first is written.
    ///
    /// - Parameter generation: Of all of them; `nil`: the latest of each.
    /// - Throws: ``Failure`` for a name that is not kept, or whose files are there. Nothing of the request
    ///   that it names was written then, and what was written before it stays.
    public func restore(_ names: [RequestName], generation: Int? = nil) throws -> [Restored] {
        let kept = try kept()
        var found: [(KeptRequest, [RequestFile])] = []
        for name in names where !found.contains(where: { $0.0.key.name == name }) {
            let request = try find(name, generation, in: kept)
            guard try !isThere(name) else {
                throw Failure(
                    .usage,
                    "there is a request “\(DisplayText.of(name.text))” already, and restore never overwrites "
                        + "one; move its files away first")
            }
            guard let files = try store.files(of: request) else { throw unknown(name, kept) }
            found.append((request, files))
        }
        return try found.map { request, files in
            Restored(
                key: request.key, generation: request.generation,
                files: try write(request.key.name, files).map { below(request.key.name, $0) })
        }
    }

    private func write(_ name: RequestName, _ files: [RequestFile]) throws -> [String] {
        do throws(SpoolError) {
            return try writer.create(name, files: files)
        } catch {
            guard error.code == "exists" else { throw error }
            throw Failure(
                .usage,
                "a file of the request “\(DisplayText.of(name.text))” is there already with another content, "
                    + "and restore never overwrites one: "
                    + files.map { DisplayText.of($0.name) }.joined(separator: ", "))
        }
    }

    private func below(_ name: RequestName, _ file: String) -> String {
        let last = name.lastComponent.utf8.count
        return String(decoding: name.text.utf8.dropLast(last), as: UTF8.self) + file
    }

    /// A name that no request can have is not there either.
    private func isThere(_ name: RequestName) throws -> Bool {
        do throws(SpoolError) {
            return try writer.exists(name)
        } catch {
            guard error.code == "bad-name" else { throw error }
            return false
        }
    }

    // MARK: What is kept

    /// The kept generations of every name, the one that it came to mean last first. A name is one request,
    /// whichever client it was for.
    private func kept() throws -> [RequestName: [KeptRequest]] {
        Dictionary(grouping: try store.keptRequests()) { $0.key.name }.mapValues { requests in
            requests.sorted { ($0.acceptedIn, $0.generation) > ($1.acceptedIn, $1.generation) }
        }
    }

    private func find(
        _ name: RequestName, _ generation: Int?, in kept: [RequestName: [KeptRequest]]
    ) throws -> KeptRequest {
        guard let requests = kept[name], let latest = requests.first else { throw unknown(name, kept) }
        guard let generation else { return latest }
        guard let request = requests.first(where: { $0.generation == generation }) else {
            let numbers = requests.map { String($0.generation) }.joined(separator: ", ")
            throw Failure(
                .usage,
                "generation \(generation) of “\(DisplayText.of(name.text))” is not kept; there is \(numbers)")
        }
        return request
    }

    private func unknown(_ name: RequestName, _ kept: [RequestName: [KeptRequest]]) -> Failure {
        let near = NearestName.likely(name.text, among: kept.keys.map(\.text))
            .map { "“\(DisplayText.of($0))”" }
        return Failure(
            .usage,
            "no request “\(DisplayText.of(name.text))” is kept"
                + (near.isEmpty ? "" : "; there is \(near.joined(separator: ", "))")
                + "; `qspool restore --list` shows what can be restored")
    }

    /// The time of the log runs from when a generation ended; one that is remembered as removed ends when it
    /// is forgotten.
    private func keptUntil(_ request: KeptRequest, _ subject: SubjectMemory?) -> WallTime? {
        let forgotten = (subject?.ending?.at).map {
            $0.milliseconds + installation.configuration.status.keepRemoved.wholeMilliseconds
        }
        guard let from = request.endedAt?.milliseconds ?? forgotten else { return nil }
        return WallTime(milliseconds: from + installation.configuration.log.keep.wholeMilliseconds)
    }
}

/// What `restore` prints for programs.
public enum RestorationDocument {
    public static func render(_ lost: [Restoration.Lost]) -> [UInt8] {
        array(lost) { lost, writer in
            writer.field("name", lost.key.name.text)
            writer.field("client", lost.key.client)
            writer.field("goneAt", lost.goneAt?.description)
            writer.field("keptUntil", lost.keptUntil?.description)
            writer.key("generations")
            writer.beginArray()
            for generation in lost.generations {
                writer.beginObject()
                writer.field("generation", generation.number)
                writer.field("acceptedAt", generation.acceptedAt.description)
                writer.endObject()
            }
            writer.endArray()
        }
    }

    public static func render(_ restored: [Restoration.Restored]) -> [UInt8] {
        array(restored) { restored, writer in
            writer.field("name", restored.key.name.text)
            writer.field("client", restored.key.client)
            writer.field("generation", restored.generation)
            writer.field("files", restored.files)
        }
    }

    private static func array<Item>(
        _ items: [Item], _ members: (Item, inout JSONWriter) -> Void
    ) -> [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginArray()
        for item in items {
            writer.beginObject()
            members(item, &writer)
            writer.endObject()
        }
        writer.endArray()
        return writer.bytes + [10]
    }
}
