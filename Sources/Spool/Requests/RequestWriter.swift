import JSON
public import Reconciliation

/// Writes and deletes request files for the verbs `add`, `import`, `restore` and `remove`. No pass uses it.
///
/// Files are made as any producer's: whole at once, with the mode that the umask gives; those that root makes
/// belong to the owner of `requests/`, so that the service can read them. Every change is durable before the
/// call returns.
public struct RequestWriter {
    private let root: Directory

    /// - Parameter directory: The path of `requests/`, which must be there.
    public init(directory: String) throws(SpoolError) {
        do throws(SystemFailure) {
            root = try Directory(path: try PathText.resolvingParents(directory))
        } catch {
            throw SpoolError("cannot open the spool \(DisplayText.of(directory))", error)
        }
    }

    /// Whether a request of that name has any file.
    public func exists(_ name: RequestName) throws(SpoolError) -> Bool {
        let (folders, stem) = try Self.take(name)
        do throws(SystemFailure) {
            guard let folder = try find(folders) else { return false }
            return try !Self.files(of: stem, in: folder).isEmpty
        } catch {
            throw SpoolError("cannot look for the request \(DisplayText.of(name.text))", error)
        }
    }

    /// Writes a new request of one file.
    ///
    /// - Parameter suffix: `json`, `torrent` or `magnet`.
    public func create(_ name: RequestName, suffix: String, bytes: [UInt8]) throws(SpoolError) {
        try create(name, files: [(suffix, bytes)])
    }

    /// Writes a new request: the JSON first, so that a reader who comes between finds a request that waits
    /// for its source and not one without its options.
    ///
    /// - Throws: ``SpoolError``: `exists` when a request of that name has a file already, `bad-name` when no
    ///   request can be called so. Nothing of the request is there then.
    public func create(
        _ name: RequestName, files: [(suffix: String, bytes: [UInt8])]
    ) throws(SpoolError) {
        let (_, stem) = try Self.take(name)
        let ordered = files.sorted { $0.suffix == "json" && $1.suffix != "json" }
        precondition(
            ordered.allSatisfy { RequestSuffix(rawValue: $0.suffix) != nil },
            "a request file has a known suffix")
        _ = try create(
            name, files: ordered.map { RequestFile(name: stem + "." + $0.suffix, bytes: $0.bytes) })
    }

    /// The same with files of any name, in this order. One that is not of the request's own name, a
    /// `.torrent` that its JSON names, may be there already with the same bytes: then it stays as it is.
    ///
    /// - Returns: The names of the files that were written.
    /// - Throws: As above; `exists` also when a file of another name is there with other bytes.
    public func create(_ name: RequestName, files: [RequestFile]) throws(SpoolError) -> [String] {
        let (folders, stem) = try Self.take(name)
        do throws(SystemFailure) {
            let folder = try makeFolders(folders)
            guard try Self.files(of: stem, in: folder).isEmpty else {
                throw SystemFailure(code: SystemFailure.exists)
            }
            return try Self.write(files, stem: stem, in: folder)
        } catch {
            throw SpoolError("cannot write the request \(DisplayText.of(name.text))", error)
        }
    }

    /// Deletes a request with all its files: the side file of the same name, and a `.torrent` that its JSON
    /// names and no other request does, which would become a request of its own. The JSON goes last: until
    /// then the request is there.
    ///
    /// - Returns: Whether there was anything.
    public func delete(_ name: RequestName) throws(SpoolError) -> Bool {
        let (folders, stem) = try Self.take(name)
        do throws(SystemFailure) {
            guard let folder = try find(folders) else { return false }
            let files = try Self.files(of: stem, in: folder)
            let named = try Self.named(by: files, in: folder)
            let sources = files.filter { $0.suffix != .json }.map(\.name)
            let documents = files.filter { $0.suffix == .json }.map(\.name)
            for file in named + sources + documents {
                do throws(SystemFailure) {
                    try folder.remove(file)
                } catch {
                    if !error.isMissing { throw error }
                }
            }
            try folder.sync()
            return !files.isEmpty
        } catch {
            throw SpoolError("cannot delete the request \(DisplayText.of(name.text))", error)
        }
    }
}

extension RequestWriter {
    private typealias File = (name: String, suffix: RequestSuffix)

    private static func take(_ name: RequestName) throws(SpoolError) -> (folders: [String], stem: String) {
        let components = PathText.components(name.text)
        let folders = components.dropLast()
        guard let stem = components.last, folders.count <= SpoolName.deepest,
            case .request = SpoolName(Array((stem + ".torrent").utf8), isFolder: false),
            folders.allSatisfy({ SpoolName(Array($0.utf8), isFolder: true) == .folder($0) })
        else {
            throw SpoolError(
                code: "bad-name", message: "\(DisplayText.cut(name.text)) cannot be the name of a request")
        }
        return (Array(folders), stem)
    }

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

    /// The folder that the components lead to. Those that are not there are made, like the files: durable,
    /// and not root's.
    private func makeFolders(_ components: [String]) throws(SystemFailure) -> Directory {
        var folder = root
        for component in components {
            let parent = folder
            do throws(SystemFailure) {
                folder = try parent.folder(component)
            } catch {
                guard error.isMissing else { throw error }
                folder = try parent.folder(component, creatingWithMode: 0o777, isExact: false)
                let (own, above) = (try folder.facts(), try parent.facts())
                if own.owner == 0, above.owner != 0 {
                    try folder.changeOwner(above.owner, group: above.group)
                }
                try parent.sync()
            }
        }
        return folder
    }

    private static func files(of stem: String, in folder: Directory) throws(SystemFailure) -> [File] {
        let wanted = RequestName(stem)
        return try folder.names().compactMap { bytes in
            guard case .request(let found, let name, let suffix) = SpoolName(bytes, isFolder: false),
                RequestName(found) == wanted
            else { return nil }
            return (name, suffix)
        }
    }

    private static func write(
        _ files: [RequestFile], stem: String, in folder: Directory
    ) throws(SystemFailure) -> [String] {
        var written: [String] = []
        do throws(SystemFailure) {
            for file in files {
                guard case .request(let own, _, _) = SpoolName(Array(file.name.utf8), isFolder: false),
                    !file.name.utf8.contains(UInt8(ascii: "/"))
                else { throw SystemFailure(code: SystemFailure.invalid) }
                let isOwn = RequestName(own) == RequestName(stem)
                if !isOwn, try holds(file, in: folder) { continue }
                try AtomicFile.create(file.bytes, name: file.name, in: folder, mode: nil)
                written.append(file.name)
            }
            return written
        } catch {
            for name in written { try folder.remove(name) }
            throw error
        }
    }

    /// Whether a file is there with these bytes.
    private static func holds(_ file: RequestFile, in folder: Directory) throws(SystemFailure) -> Bool {
        do throws(SystemFailure) {
            let open = try folder.file(file.name)
            let facts = try open.facts()
            guard facts.kind == .regular, facts.stamp.size == file.bytes.count else { return false }
            return try open.read(limit: file.bytes.count, facts: facts) == file.bytes
        } catch {
            if error.isMissing { return false }
            throw error
        }
    }

    /// The `.torrent` files that only these documents name.
    private static func named(by files: [File], in folder: Directory) throws(SystemFailure) -> [String] {
        let own = files.filter { $0.suffix == .json }.map(\.name)
        var named: Set<String> = []
        for file in own { if let name = try self.named(by: file, in: folder) { named.insert(name) } }
        guard !named.isEmpty else { return [] }
        for bytes in try folder.names() {
            guard case .request(_, let other, .json) = SpoolName(bytes, isFolder: false), !own.contains(other)
            else { continue }
            if let name = try self.named(by: other, in: folder) { named.remove(name) }
        }
        return named.sorted()
    }

    private static func named(by file: String, in folder: Directory) throws(SystemFailure) -> String? {
        let bytes: [UInt8]
        do throws(SystemFailure) {
            let open = try folder.file(file)
            let facts = try open.facts()
            guard facts.kind == .regular else { return nil }
            bytes = try open.read(limit: RequestSuffix.json.sizeLimit, facts: facts)
        } catch {
            if error.isMissing || error.isNoFolder || error.isUnopenable { return nil }
            throw error
        }
        do throws(JSONError) {
            let root = try JSONReader.document(bytes, limits: .request)
            return RequestDecoder(settings: SpoolSettings(directory: "")).outline(of: root).named
        } catch {
            return nil
        }
    }
}
