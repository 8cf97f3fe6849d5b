extension Magnet {
    /// The link of a torrent that a server has, made of what the server tells about it.
    ///
    /// - Parameters:
    ///   - displayName: Left out where it is empty or no link can hold it.
    ///   - trackers: Those that are usable addresses are kept, in their order, as many as a link may have.
    public init(identity: TorrentIdentity, displayName: String?, trackers: [String]) {
        let topics =
            [identity.v1.map { "xt=urn:btih:\($0)" }, identity.v2.map { "xt=urn:btmh:1220\($0)" }]
            .compactMap { $0 }
        let name = displayName.flatMap { $0.isEmpty ? nil : "dn=" + PercentEncoding.encode($0) }
        let usable = trackers.filter {
            $0.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        }
        var kept = usable.prefix(Limits.trackers).map { "tr=" + PercentEncoding.encode($0) }
        // What makes the link too long goes before the torrent does; so does a name that no link can hold.
        while true {
            for parts in [topics + [name].compactMap { $0 } + kept, topics + kept] {
                do throws(MetainfoError) {
                    self = try Magnet(text: "magnet:?" + parts.joined(separator: "&"))
                    return
                } catch {
                    continue
                }
            }
            precondition(!kept.isEmpty, "a link of hashes alone is always one")
            kept.removeLast()
        }
    }
}
