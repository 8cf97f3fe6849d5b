import Reconciliation

/// What one folder holds, by kind, in the order of names.
struct FolderListing {
    /// The files with a request's suffix, by the request's own name.
    private(set) var files: [(stem: String, files: [SpoolFile])] = []
    private(set) var folders: [String] = []
    /// Links that may be folders.
    private(set) var held: [(String, String)] = []
    private(set) var problems: [SpoolProblem] = []
    /// `_defaults.json`; several when they are spelled with different suffixes.
    private(set) var defaults: [SpoolFile] = []
    /// Where in `files` a request stands, while the listing is made.
    private var positions: [RequestName: Int] = [:]

    /// - Throws: When the listing is not whole.
    init(_ folder: Directory, path: String) throws(SystemFailure) {
        let names = try folder.names().sorted { Bytes.areInOrder($0, $1) }
        files.reserveCapacity(names.count)
        positions.reserveCapacity(names.count)
        for bytes in names {
            // Most names are plain files; only a name that says nothing needs a look before it is sorted.
            switch SpoolName(bytes, isFolder: false) {
            case .request(let stem, let name, let suffix):
                add(stem, name, suffix, bytes, in: folder, path: path)
            case .defaults: defaults.append(DefaultsFile.look(at: bytes, in: folder))
            case .unusable(let why): report(bytes, why, path: path)
            case .skipped, .folder: addFolder(bytes, in: folder, path: path)
            }
        }
        positions = [:]
    }

    static func sorted(_ files: [SpoolFile]) -> [SpoolFile] {
        files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private mutating func add(
        _ stem: String, _ name: String, _ suffix: RequestSuffix, _ bytes: [UInt8], in folder: Directory,
        path: String
    ) {
        let sight: SpoolFile.Sight
        do throws(SystemFailure) {
            let facts = try folder.facts(name)
            if facts.kind == .folder {
                addFolder(named: bytes, path: path)
                return
            }
            if facts.kind == .link, pointsToFolder(name, in: folder) { holdLink(name) }
            sight = .file(facts.kind, facts.stamp)
        } catch {
            sight = .unknown(error)
        }
        let file = SpoolFile(name: name, suffix: suffix, sight: sight)
        if let position = positions[RequestName(stem)] {
            files[position].files.append(file)
        } else {
            positions[RequestName(stem)] = files.count
            files.append((stem, [file]))
        }
    }

    /// A name without a request's suffix: a folder, a link that may be one, or nothing of ours.
    private mutating func addFolder(_ bytes: [UInt8], in folder: Directory, path: String) {
        guard SpoolName(bytes, isFolder: true) != .skipped else { return }
        do throws(SystemFailure) {
            switch try folder.facts(bytes).kind {
            case .folder: addFolder(named: bytes, path: path)
            case .link:
                guard let name = String(validating: bytes, as: UTF8.self) else { return }
                if mayPointToFolder(name, in: folder) { holdLink(name) }
            case .regular, .special: break
            }
        } catch {
            // Gone between listing and looking: as if it had not been listed. Anything else: it may be a
            // folder.
            guard !error.isMissing, let name = String(validating: bytes, as: UTF8.self) else { return }
            held.append((name, "cannot be looked at: \(error)"))
        }
    }

    private mutating func addFolder(named bytes: [UInt8], path: String) {
        switch SpoolName(bytes, isFolder: true) {
        case .folder(let name): folders.append(name)
        case .unusable(let why): report(bytes, why, path: path)
        case .skipped, .request, .defaults: break
        }
    }

    private mutating func holdLink(_ name: String) {
        held.append((name, "is a symbolic link, which is not followed"))
    }

    private mutating func report(_ bytes: [UInt8], _ why: String, path: String) {
        let prefix = path.isEmpty ? "" : DisplayText.of(path) + "/"
        problems.append(
            SpoolProblem(
                path: prefix + DisplayText.of(bytes), code: "bad-name", message: "not carried out: \(why)"))
    }

    /// A link whose target is away may have been a folder.
    private func mayPointToFolder(_ name: String, in folder: Directory) -> Bool {
        do throws(SystemFailure) {
            return try folder.factsFollowingLinks(name).kind == .folder
        } catch {
            return true
        }
    }

    private func pointsToFolder(_ name: String, in folder: Directory) -> Bool {
        do throws(SystemFailure) {
            return try folder.factsFollowingLinks(name).kind == .folder
        } catch {
            return false
        }
    }
}
