import Metainfo

extension SubjectMemory {
    /// What is remembered of a request that came to name another server: its torrent is left where it is, and
    /// goes from there once the new one is followed. Nothing that was learnt of one server holds for another.
    mutating func move(from old: String, to new: String) {
        // An add of which nobody knows what became of it goes like a torrent that was there.
        if following == nil, intent?.kind == .add, let identity = acceptance?.identity {
            following = Following(ownership: .added, id: identity.preferredID, identity: identity)
            following?.lastCallAt = intent?.at
        }
        if let following { leaving.append(following) }
        for index in leaving.indices {
            let place = leaving[index].client ?? old
            leaving[index].client = place == new ? nil : place
        }
        // An ending was of the torrent there; one that was removed begins anew anyway.
        if ending?.kind != .removed { ending = nil }
        following = nil
        applied = [:]
        corrections = [:]
        attempt = nil
        intent = nil
        withdrawal = nil
        patience = nil
        selection = nil
    }
}
