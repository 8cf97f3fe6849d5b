public import Reconciliation

/// Reads the directory of requests: what is there, what changed, and whether the picture can be relied on.
///
/// The directory is opened once and held; everything else is opened relative to it. Files whose stamp
/// (device, inode, size, times) is what it was are not opened again. Nothing below `requests/` is ever
/// written.
///
/// A reading that cannot prove that it saw the whole of the known spool says `unavailable` and nothing else:
/// what it found is forgotten and found again by the next one.
///
/// Used from one task; its calls block.
public final class SpoolReader {
    /// The identity that the store knows. Another one in the spool makes it unavailable. `nil`: not known
    /// yet, any is taken.
    public var expectedIdentity: String?

    private let settings: SpoolSettings
    private let decoder: RequestDecoder
    private let base: FolderDefaults
    /// With the links of its parents resolved at the start, where they were there.
    private let path: String
    private var root: Directory?
    private var picture = SpoolPicture()

    /// - Throws: ``SpoolError`` when the directory must not be used at all: `world-writable`, or
    ///   `not-a-directory` (a link included). One that is not there is no error but an unavailable spool.
    ///   Also when the settings' defaults are at fault, with the problem's code.
    public init(settings: SpoolSettings) throws(SpoolError) {
        self.settings = settings
        decoder = RequestDecoder(settings: settings)
        base = try FolderDefaults.configured(settings, decoder)
        do throws(SystemFailure) {
            path = try PathText.resolvingParents(settings.directory)
        } catch {
            path = settings.directory
        }
        do throws(SpoolError) {
            root = try open()
        } catch {
            guard error.code != "world-writable", error.code != "not-a-directory" else { throw error }
        }
    }

    /// Lists the whole spool and reads what changed.
    ///
    /// - Parameter now: The wall clock.
    public func scan(now: WallTime) -> SpoolReading {
        let reading = observe(isFull: true, now: now) { scan, root in
            scan.walk(root: root)
            return true
        }
        guard let reading else { preconditionFailure("a full scan always ends in a reading") }
        return reading
    }

    /// Reads only what an event told of, by the same rules, and whatever waits to be looked at again.
    ///
    /// Falls back to a full scan where that is not enough: something is gone, a folder is concerned, a name
    /// is not what it was.
    ///
    /// - Parameter paths: Below `requests/`, as a ``DirectoryWatcher`` tells them.
    public func rescan(_ paths: Set<String>, now: WallTime) -> SpoolReading {
        guard !picture.folders.isEmpty else { return scan(now: now) }
        let reading = observe(isFull: false, now: now) { scan, root in
            scan.revisit(paths, root: root)
        }
        return reading ?? scan(now: now)
    }

    /// Forgets on which devices the folders lay, after a person confirmed that they are meant to be there.
    public func forgetDevices() { picture.forgetDevices() }

    /// The frame of every reading: open, identity, look, identity, still the same directory.
    ///
    /// - Returns: `nil` when `look` gave up.
    private func observe(
        isFull: Bool, now: WallTime, _ look: (inout SpoolScan, Directory) -> Bool
    ) -> SpoolReading? {
        let root: Directory
        let identity: String
        do throws(SpoolError) {
            root = try current()
            identity = try SpoolIdentity.read(in: root).get()
        } catch {
            return unavailable(error.message, isFull: isFull)
        }
        if let expectedIdentity, expectedIdentity != identity {
            return unavailable(
                "the spool has another identity (\(identity)) than the one known (\(expectedIdentity))",
                identity: identity, isFull: isFull)
        }
        var scan = SpoolScan(
            settings: settings, decoder: decoder, base: base,
            now: now.milliseconds, previous: picture)
        guard look(&scan, root) else { return nil }
        if let reason = trouble(after: scan, identity: identity, root: root) {
            return unavailable(reason, identity: identity, isFull: isFull, held: scan.held)
        }
        return commit(&scan, isFull: isFull, identity: identity, root: root)
    }

    /// Why what was found cannot be relied on, if so.
    private func trouble(after scan: SpoolScan, identity: String, root: Directory) -> String? {
        if let failure = scan.failure { return failure }
        do throws(SpoolError) {
            guard try SpoolIdentity.read(in: root).get() == identity else {
                return "the spool's identity changed while it was listed"
            }
        } catch {
            return error.message
        }
        guard isCurrent(root) else {
            self.root = nil
            return "the spool was moved, unmounted or replaced while it was listed"
        }
        let missing = scan.moved.first { folder in
            scan.updates.contains { name, group in
                group == nil && picture.groups[name]?.isVisible == true && name.isBelow(folder: folder.text)
            }
        }
        return missing.map { folder in
            let title = folder.text.isEmpty ? "the spool" : "the folder \(DisplayText.of(folder.text))"
            return "\(title) lies on another device than before, and requests are missing from it"
        }
    }

    /// Makes what was found the picture, and tells the difference.
    private func commit(
        _ scan: inout SpoolScan, isFull: Bool, identity: String, root: Directory
    ) -> SpoolReading? {
        var gone: [SubjectKey] = []
        for (name, group) in scan.updates {
            guard let old = picture.groups[name], old.isVisible else { continue }
            if group?.isVisible != true || group?.client != old.client {
                gone.append(SubjectKey(client: old.client, name: name))
            }
        }
        // Only a full listing shows that something is gone.
        guard isFull || gone.isEmpty else { return nil }
        // Or the picture would be copied whole before its first change.
        scan.previous = SpoolPicture()
        if isFull { picture.groups.reserveCapacity(picture.groups.count + scan.updates.count) }
        for (name, group) in scan.updates { picture.replace(name, with: group) }
        picture.takeFolders(of: scan)
        var reading = SpoolReading(availability: .complete, isFull: isFull)
        reading.identity = identity
        reading.changedDrafts = scan.drafts.sorted { $0.key < $1.key }
        reading.changedRejections = scan.rejections.sorted { $0.0 < $1.0 }
        reading.gone = gone.sorted()
        reading.nextSettleAt = scan.nextLook.map { WallTime(milliseconds: $0) }
        reading.postponed = scan.postponed
        describe(&reading)
        reading.device = picture.folders[RequestName("")]
        return reading
    }

    private func unavailable(
        _ reason: String, identity: String? = nil, isFull: Bool, held: [RequestName: HeldFolder] = [:]
    ) -> SpoolReading {
        var reading = SpoolReading(availability: .unavailable(reason), isFull: isFull)
        reading.identity = identity
        describe(&reading)
        for (folder, hold) in held { reading.heldFolders[folder.text] = hold }
        return reading
    }

    private func describe(_ reading: inout SpoolReading) {
        reading.unreadable = picture.unreadable
        reading.problems = picture.problems
        reading.filesSeen = picture.filesSeen
        for (folder, hold) in picture.held { reading.heldFolders[folder.text] = hold }
    }
}

extension SpoolReader {
    /// The directory at the path, opened anew where another one is there than the one held.
    private func current() throws(SpoolError) -> Directory {
        if let root, isCurrent(root) { return root }
        root = nil
        let opened = try open()
        root = opened
        return opened
    }

    private func open() throws(SpoolError) -> Directory {
        let facts: FileFacts
        let directory: Directory
        do throws(SystemFailure) {
            directory = try Directory(path: path)
            facts = try directory.facts()
        } catch {
            throw SpoolError("cannot open the spool \(DisplayText.of(settings.directory))", error)
        }
        guard settings.allowsWorldWritable || facts.mode & 0o002 == 0 else {
            throw SpoolError(
                code: "world-writable",
                message:
                    "every local user may write to \(DisplayText.of(settings.directory)); take that right "
                    + "away (chmod o-w) or set spool.worldWritable to allow")
        }
        return directory
    }

    private func isCurrent(_ root: Directory) -> Bool {
        do throws(SystemFailure) {
            let held = try root.facts().stamp
            let found = try Directory.facts(atPath: path).stamp
            return held.device == found.device && held.inode == found.inode
        } catch {
            return false
        }
    }
}
