import Metainfo
public import Reconciliation

/// Writes the status files: one for each request, at the mirrored path, replaced atomically.
///
/// Status is derived, so nothing is synced: after a power cut the next pass compares the files with what they
/// should say. The directory is held open; folders in it are entered without following links, and a link that
/// somebody planted under a status file's name is replaced by the file.
///
/// Used from one task; its calls block.
public final class StatusWriter {
    private let path: String
    private var root: Directory

    /// Opens the directory, made first (0750) where it is not there.
    ///
    /// - Throws: ``SpoolError`` when it cannot be opened, or is a link.
    public init(directory: String) throws(SpoolError) {
        do throws(SystemFailure) {
            path = try PathText.resolvingParents(directory)
            root = try Self.open(path)
        } catch {
            throw SpoolError("cannot open the status directory \(DisplayText.of(directory))", error)
        }
    }

    /// The file's content: the contract's members in the contract's order, at most 16 kB.
    public static func render(_ status: RequestStatus, updatedAt: WallTime) -> [UInt8] {
        StatusRendering.bytes(status, updatedAt: updatedAt)
    }

    /// SHA-256 over what the status says without counters and without the instants of reading and writing:
    /// equal digests need no prompt rewrite.
    public static func digest(of status: RequestStatus) -> [UInt8] {
        Digest.sha256(StatusRendering.bytes(status.withoutCounters, updatedAt: nil))
    }

    /// Writes the status file, unless the one that is there says the same.
    ///
    /// - Returns: Whether a file was written.
    /// - Throws: ``SpoolError``; the old file is then what it was.
    public func publish(_ status: RequestStatus, updatedAt: WallTime) throws(SpoolError) -> Bool {
        let bytes = Self.render(status, updatedAt: updatedAt)
        return try perform("cannot write the status of", status.key.name) {
            (name, folders) throws(SystemFailure) in
            let folder = try enter(folders)
            if let old = try read(name, in: folder),
                RenderedText.areEqual(old, bytes, without: RenderedText.ofStatus)
            {
                return false
            }
            try AtomicFile.write(bytes, name: name, in: folder, mode: 0o640, durable: false)
            return true
        }
    }

    /// Whether the file on the disk says what the status says, instants of reading and writing aside.
    public func matches(_ status: RequestStatus) throws(SpoolError) -> Bool {
        let bytes = Self.render(status, updatedAt: WallTime(milliseconds: 0))
        return try perform("cannot read the status of", status.key.name) {
            (name, folders) throws(SystemFailure) in
            guard let folder = try find(folders), let old = try read(name, in: folder) else { return false }
            return RenderedText.areEqual(old, bytes, without: RenderedText.ofStatus)
        }
    }

    /// When the status file was written; `nil` when there is none.
    public func modifiedAt(_ name: RequestName) throws(SpoolError) -> WallTime? {
        try perform("cannot look at the status of", name) { (file, folders) throws(SystemFailure) in
            guard let folder = try find(folders) else { return nil }
            do throws(SystemFailure) {
                return WallTime(milliseconds: try folder.facts(file).stamp.modifiedMilliseconds)
            } catch {
                if error.isMissing { return nil }
                throw error
            }
        }
    }

    /// Removes the status file, and folders that are empty then. One that is not there is no error.
    public func remove(_ name: RequestName) throws(SpoolError) {
        try perform("cannot remove the status of", name) { (file, folders) throws(SystemFailure) in
            guard let folder = try find(folders) else { return }
            do throws(SystemFailure) {
                try folder.remove(file)
            } catch {
                if !error.isMissing { throw error }
            }
            try removeEmpty(folders)
        }
    }

    /// The names of all requests that have a status file, sorted.
    public func names() throws(SpoolError) -> [RequestName] {
        do throws(SystemFailure) {
            try refresh()
            var names: [RequestName] = []
            try forEachFolder(root, path: "", depth: 0) { (folder, path) throws(SystemFailure) in
                for bytes in try folder.names() {
                    guard case .request(let stem, let file, .json) = SpoolName(bytes, isFolder: false),
                        file.utf8.suffix(5).elementsEqual(".json".utf8),
                        try folder.facts(file).kind == .regular
                    else { continue }
                    names.append(RequestName(PathText.join(path, stem)))
                }
            }
            return names.sorted()
        } catch {
            throw SpoolError("cannot list the status directory", error)
        }
    }

    /// Removes temporary files that a killed process left, where they are older than an instant.
    public func sweepTemporaries(olderThan instant: WallTime) throws(SpoolError) {
        do throws(SystemFailure) {
            try refresh()
            try forEachFolder(root, path: "", depth: 0) { (folder, _) throws(SystemFailure) in
                try AtomicFile.sweep(folder, before: instant.milliseconds)
            }
        } catch {
            throw SpoolError("cannot sweep the status directory", error)
        }
    }
}

extension StatusWriter {
    private static func open(_ path: String) throws(SystemFailure) -> Directory {
        let (parent, name) = PathText.split(path)
        return try Directory(path: parent).folder(name, creatingWithMode: 0o750, isExact: true)
    }

    /// Runs `body` with the status file's name and the folders it lies in.
    private func perform<Value>(
        _ doing: String, _ request: RequestName,
        _ body: (String, [String]) throws(SystemFailure) -> Value
    ) throws(SpoolError) -> Value {
        var components = PathText.components(request.text)
        // Names come from the spool, where they were checked, or from the store, where they were put then.
        guard let last = components.popLast(), components.count <= SpoolName.deepest,
            (components + [last]).allSatisfy(Self.isComponent), last.utf8.count <= 250
        else {
            throw SpoolError(
                code: "bad-name",
                message: "\(DisplayText.cut(request.text)) cannot be the name of a status file")
        }
        do throws(SystemFailure) {
            try refresh()
            return try body(last + ".json", components)
        } catch {
            throw SpoolError("\(doing) \(DisplayText.of(request.text))", error)
        }
    }

    private static func isComponent(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.first != UInt8(ascii: ".") && name.utf8.count <= 255
            && !name.utf8.contains(0)
    }

    /// Opens the directory anew where another one is at its path now.
    private func refresh() throws(SystemFailure) {
        let held = try root.facts().stamp
        do throws(SystemFailure) {
            let found = try Directory.facts(atPath: path).stamp
            if found.device == held.device, found.inode == held.inode { return }
        } catch {
            if !error.isMissing { throw error }
        }
        root = try Self.open(path)
    }

    private func enter(_ folders: [String]) throws(SystemFailure) -> Directory {
        var folder = root
        for name in folders { folder = try folder.folder(name, creatingWithMode: 0o750, isExact: true) }
        return folder
    }

    /// The folder, or `nil` when it is not there.
    private func find(_ folders: [String]) throws(SystemFailure) -> Directory? {
        do throws(SystemFailure) {
            var folder = root
            for name in folders { folder = try folder.folder(name) }
            return folder
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }

    private func read(_ name: String, in folder: Directory) throws(SystemFailure) -> [UInt8]? {
        do throws(SystemFailure) {
            let file = try folder.file(name)
            let facts = try file.facts()
            guard facts.kind == .regular else { return nil }
            let bytes = try file.read(limit: StatusRendering.limit, facts: facts)
            return bytes.count > StatusRendering.limit ? nil : bytes
        } catch {
            // A link, a socket or nothing: whatever it is, it is no status file and gets replaced.
            if error.isMissing || error.isNoFolder || error.isUnopenable { return nil }
            throw error
        }
    }

    private func removeEmpty(_ folders: [String]) throws(SystemFailure) {
        for count in stride(from: folders.count, to: 0, by: -1) {
            guard let parent = try find(Array(folders.prefix(count - 1))) else { continue }
            do throws(SystemFailure) {
                try parent.removeFolder(folders[count - 1])
            } catch {
                if error.isNotEmpty { return }
                if !error.isMissing { throw error }
            }
        }
    }

    private func forEachFolder(
        _ folder: Directory, path: String, depth: Int,
        _ body: (Directory, String) throws(SystemFailure) -> Void
    ) throws(SystemFailure) {
        try body(folder, path)
        guard depth < SpoolName.deepest else { return }
        for bytes in try folder.names() {
            guard let name = String(validating: bytes, as: UTF8.self), Self.isComponent(name),
                try folder.facts(name).kind == .folder
            else { continue }
            try forEachFolder(
                try folder.folder(name), path: PathText.join(path, name), depth: depth + 1, body)
        }
    }
}
