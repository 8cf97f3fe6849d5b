import Reconciliation

/// Requests below a folder whose defaults are at fault. Nothing is known of them but that they are there, and
/// that is told, so that each has a status; none of their files is opened.
extension SpoolScan {
    /// Takes down the names in a folder and everything below it, if its defaults are at fault.
    ///
    /// - Parameters:
    ///   - listing: What the folder holds.
    ///   - farther: What holds in the folder above.
    mutating func list(
        unjudgedIn listing: FolderListing, of folder: Directory, path: String, depth: Int,
        under farther: FolderDefaults
    ) {
        let name = RequestName(path)
        guard held[name]?.problem != nil else { return }
        unjudged[name] = keys(in: listing, of: folder, path: path, depth: depth, under: farther)
    }

    /// Lists again what an event told of, in a folder that is still held.
    ///
    /// - Returns: `false` when only a full scan can tell.
    mutating func relist(unjudgedIn path: RequestName, root: Directory) -> Bool {
        guard let folder = open(path, root: root) else { return false }
        do throws(SystemFailure) {
            unjudged[path] = keys(
                in: try FolderListing(folder, path: path.text), of: folder, path: path.text,
                depth: PathText.components(path.text).count, under: above(path))
            return true
        } catch {
            return false
        }
    }

    private mutating func keys(
        in listing: FolderListing, of folder: Directory, path: String, depth: Int,
        under farther: FolderDefaults
    ) -> Set<SubjectKey> {
        var keys = Set(
            listing.files.compactMap { stem, files in
                key(of: RequestName(PathText.join(path, stem)), files, under: farther)
            })
        guard depth < SpoolName.deepest else { return keys }
        for name in listing.folders {
            let below = PathText.join(path, name)
            do throws(SystemFailure) {
                let inner = try folder.folder(name)
                keys.formUnion(
                    self.keys(
                        in: try FolderListing(inner, path: below), of: inner, path: below, depth: depth + 1,
                        under: farther))
            } catch {
                // What cannot be listed stays unknown, as everything here would be without a list.
                if error.isShortage { lookAgain(at: now + max(settings.settleMilliseconds, 100)) }
            }
        }
        return keys
    }

    /// - Returns: `nil` for what is gone already, and for sources that are known to be named by others.
    private func key(
        of name: RequestName, _ files: [SpoolFile], under farther: FolderDefaults
    ) -> SubjectKey? {
        guard files.contains(where: { $0.sight != .unknown(.notThere) }) else { return nil }
        let known = previous.groups[name]
        if let known, !known.isVisible, known.files.map(\.name) == files.map(\.name) { return nil }
        return SubjectKey(
            client: known?.client ?? farther.said.options.client ?? settings.client,
            name: name)
    }
}
