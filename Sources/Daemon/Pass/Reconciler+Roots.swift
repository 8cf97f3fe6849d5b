import Reconciliation

/// Whether the disks of the servers are there.
extension Reconciler {
    /// Whether the server's directories that this machine has too are mounted: asked where torrents are in
    /// trouble, or were held for that.
    func lookAtRoots() {
        for (client, mappings) in rules.pathMaps {
            guard var picture = observed.clients[client], picture.isKnown else { continue }
            let isHeld = memory.holds[.saveRootMissing] != nil
            let isInDoubt =
                isHeld || picture.isFull && picture.torrents.values.contains { $0.state.isInTrouble }
            let roots = isInDoubt ? Self.roots(mappings, on: disk) : [:]
            guard roots != picture.roots else { continue }
            observed.clients[client] = nil
            picture.roots = roots
            observed.clients[client] = picture
        }
    }

    private static func roots(
        _ mappings: [Rules.PathMapping], on disk: any DiskDoor
    ) -> [String: Bool] {
        Dictionary(
            mappings.map { ($0.remote, disk.isBare($0.local)) }, uniquingKeysWith: { $0 && $1 })
    }
}
