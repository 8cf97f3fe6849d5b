import Reconciliation

/// Judges single files by the rules of a reading, without waiting for a file that may be being written.
struct RequestTrial {
    private let settings: SpoolSettings
    private let decoder: RequestDecoder
    private let base: FolderDefaults
    private let now: Int64

    /// - Throws: ``SpoolError`` when the settings' defaults are at fault.
    init(settings: SpoolSettings, now: WallTime) throws(SpoolError) {
        var atOnce = settings
        atOnce.settleMilliseconds = 0
        self.settings = atOnce
        decoder = RequestDecoder(settings: atOnce)
        base = try FolderDefaults.configured(atOnce, decoder)
        self.now = now.milliseconds
    }

    /// Judges one request of a folder as if the others were not there, but for the files it names.
    ///
    /// - Throws: When it cannot be read, or not just now.
    func request(
        _ stem: RequestName, in folder: Directory, under defaults: FolderDefaults
    ) throws(SystemFailure) -> Result<RequestDraft, Problem> {
        var scan = SpoolScan(
            settings: settings, decoder: decoder, base: base, now: now,
            previous: SpoolPicture())
        let listing = try FolderListing(folder, path: "")
        let files = listing.files.filter { RequestName($0.stem) == stem }
        let others = listing.files.flatMap(\.files)
        scan.judge(
            files, in: folder, path: "", defaults: defaults,
            sightElsewhere: { name in others.first { RequestName($0.name) == RequestName(name) } })
        if let draft = scan.drafts.first { return .success(draft) }
        if let (_, rejection) = scan.rejections.first { return .failure(rejection.problem) }
        throw failure(of: files.flatMap(\.files), in: folder)
    }

    /// Judges a folder's file of defaults.
    ///
    /// - Throws: When it cannot be read, or not just now.
    func defaults(_ name: String, in folder: Directory) throws(SystemFailure) -> Result<
        RequestDefaults, Problem
    > {
        try defaults([DefaultsFile.look(at: Array(name.utf8), in: folder)], in: folder)
    }

    /// What holds in a folder: below the spool that of all folders down to it, elsewhere what is configured.
    ///
    /// - Parameter path: Without links.
    /// - Returns: Or what is wrong with the file of defaults that is at fault, which the message names.
    /// - Throws: ``SpoolError`` when one of the folders or its file of defaults cannot be read.
    func chain(to path: String) throws(SpoolError) -> Result<FolderDefaults, Problem> {
        guard let components = componentsBelowSpool(path) else { return .success(base) }
        do throws(SystemFailure) {
            return try chain(components)
        } catch {
            throw SpoolError("cannot read the defaults above \(DisplayText.of(path))", error)
        }
    }

    private func chain(_ components: [String]) throws(SystemFailure) -> Result<FolderDefaults, Problem> {
        var folder = try Directory(path: try PathText.resolvingLinks(settings.directory))
        var said = base.said
        var shown = ""
        for step in [nil] + components.map(Optional.some) {
            if let step {
                guard let next = try Self.folder(step, in: folder) else { break }
                folder = next
                shown = PathText.join(shown, step)
            }
            let files = try DefaultsFile.all(in: folder)
            if files.isEmpty { continue }
            switch try defaults(files, in: folder) {
            case .success(let own): said = own.over(said)
            case .failure(let problem):
                let name = DisplayText.of(PathText.join(shown, DefaultsFile.name))
                return .failure(
                    Problem(
                        code: problem.code, message: "\(name) is invalid, \(problem.placed)",
                        field: problem.field))
            }
        }
        return .success(FolderDefaults(said))
    }

    /// `nil` for one that is not there yet and so says nothing.
    private static func folder(_ name: String, in parent: Directory) throws(SystemFailure) -> Directory? {
        do throws(SystemFailure) {
            return try parent.folder(name)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }

    private func defaults(
        _ files: [SpoolFile], in folder: Directory
    ) throws(SystemFailure) -> Result<RequestDefaults, Problem> {
        let judge = RequestJudge(
            settings: settings, decoder: decoder, folder: folder, defaults: .none, now: now)
        switch judge.defaults(files, firstSeen: now) {
        case .read(let said): return .success(said)
        case .rejected(let problem): return .failure(problem)
        case .unreadable: throw failure(of: files, in: folder)
        }
    }

    /// Why a file that was looked at a moment ago cannot be read.
    private func failure(of files: [SpoolFile], in folder: Directory) -> SystemFailure {
        for file in files {
            do throws(SystemFailure) {
                _ = try folder.file(file.name)
            } catch {
                return error
            }
        }
        return .busy
    }

    /// The folders from the spool down to `path`; `nil` where requests cannot lie.
    private func componentsBelowSpool(_ path: String) -> [String]? {
        let spool: String
        do throws(SystemFailure) {
            spool = try PathText.resolvingLinks(settings.directory)
        } catch {
            return nil
        }
        if path.utf8.elementsEqual(spool.utf8) { return [] }
        guard RequestName(path).isBelow(folder: spool) else { return nil }
        let components = PathText.components(
            String(decoding: path.utf8.dropFirst(spool.utf8.count + 1), as: UTF8.self))
        let areFolders = components.allSatisfy { name in
            SpoolName(Array(name.utf8), isFolder: true) == .folder(name)
        }
        return areFolders && components.count <= SpoolName.deepest ? components : nil
    }
}
