import Reconciliation

/// What one file says apart from where its torrent comes from, and nothing that it does not say: `nil` and
/// absent mean *not said*, an explicit emptiness is a value like others.
struct RequestOptions: Equatable {
    /// Of `files`, whose two lists are said apart from each other.
    struct Files: Equatable {
        var include: [String]?
        var exclude: [String]?
    }

    /// Of `stall`, whose members are said apart from each other.
    struct Stalling: Equatable {
        var afterMilliseconds: Int64?
        var then: Stall.Consequence?
    }

    var client: String?
    /// All but `seed` and `files`, which merge key by key.
    var wishes: [Field: FieldValue] = [:]
    var seed: SeedGoals?
    var files: Files?
    var onDelete: OnDelete?
    var onVanish: OnVanish?
    var stall: Stalling?
    var notBefore: WallTime?
    var giveUpAfterMilliseconds: Int64?
    var priority: Int64?
    var labels: [String: String] = [:]
    var isSuspended: Bool?

    /// What is said here, and for the rest what `farther` says. Objects merge key by key; everything else
    /// replaces.
    func over(_ farther: RequestOptions) -> RequestOptions {
        var merged = RequestOptions()
        merged.client = client ?? farther.client
        merged.wishes = wishes.merging(farther.wishes) { near, _ in near }
        merged.seed = Self.merge(seed, farther.seed) { near, far in
            SeedGoals(
                ratio: near.ratio ?? far.ratio, time: near.time ?? far.time,
                inactiveTime: near.inactiveTime ?? far.inactiveTime, then: near.then ?? far.then)
        }
        merged.files = Self.merge(files, farther.files) { near, far in
            Files(include: near.include ?? far.include, exclude: near.exclude ?? far.exclude)
        }
        merged.stall = Self.merge(stall, farther.stall) { near, far in
            Stalling(
                afterMilliseconds: near.afterMilliseconds ?? far.afterMilliseconds,
                then: near.then ?? far.then)
        }
        merged.onDelete = onDelete ?? farther.onDelete
        merged.onVanish = onVanish ?? farther.onVanish
        merged.notBefore = notBefore ?? farther.notBefore
        merged.giveUpAfterMilliseconds = giveUpAfterMilliseconds ?? farther.giveUpAfterMilliseconds
        merged.priority = priority ?? farther.priority
        merged.labels = labels.merging(farther.labels) { near, _ in near }
        merged.isSuspended = isSuspended ?? farther.isSuspended
        return merged
    }

    /// The managed fields, `seed` and `files` among them.
    var allWishes: [Field: FieldValue] {
        var all = wishes
        // What sets no goal and no consequence manages nothing.
        if let seed, seed != SeedGoals() { all[.seed] = .goals(seed) }
        if let files {
            all[.files] = .selection(
                FileSelection(include: files.include ?? [], exclude: files.exclude ?? []))
        }
        return all
    }

    var terms: RequestTerms {
        RequestTerms(
            notBefore: notBefore, giveUpAfterMilliseconds: giveUpAfterMilliseconds, priority: priority ?? 0,
            stall: stall.flatMap { said in
                said.afterMilliseconds.map { Stall(afterMilliseconds: $0, then: said.then ?? .report) }
            },
            onVanish: onVanish ?? .auto)
    }

    private static func merge<Value>(_ near: Value?, _ far: Value?, _ both: (Value, Value) -> Value) -> Value?
    {
        guard let near, let far else { return near ?? far }
        return both(near, far)
    }
}
