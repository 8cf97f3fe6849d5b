public import Reconciliation

/// Checks one request file outside a spool, by the rules of the spool: what `qspool validate` does.
public enum RequestCheck {
    /// Reads a request file, with the side file and the named `.torrent` beside it.
    ///
    /// - Parameters:
    ///   - path: Of the `.json`, `.torrent` or `.magnet` file.
    ///   - settings: `directory` does not matter.
    ///   - now: The wall clock, for ``RequestVersion/readAt``.
    /// - Returns: The draft, whose source is still to be resolved, or what is wrong.
    /// - Throws: ``SpoolError`` when the file, or the folder it lies in, cannot be read at all.
    public static func read(
        path: String, settings: SpoolSettings, now: WallTime
    ) throws(SpoolError) -> Result<RequestDraft, Problem> {
        let (parent, name) = PathText.split(path)
        guard case .request(let stem, _, _) = SpoolName(Array(name.utf8), isFolder: false) else {
            return .failure(
                Problem(
                    code: "bad-name",
                    message:
                        "A request file ends in .json, .torrent or .magnet, and does not begin with a dot "
                        + "or _."))
        }
        var atOnce = settings
        atOnce.settleMilliseconds = 0
        var scan = SpoolScan(
            settings: atOnce, decoder: RequestDecoder(settings: atOnce), recalledClients: [:],
            now: now.milliseconds, previous: SpoolPicture())
        do throws(SystemFailure) {
            let folder = try Directory(path: try PathText.resolvingLinks(parent))
            _ = try folder.facts(name)
            try scan.judge(alone: RequestName(stem), in: folder)
        } catch {
            throw SpoolError("cannot read \(DisplayText.of(path))", error)
        }
        if let draft = scan.drafts.first { return .success(draft) }
        if let (_, rejection) = scan.rejections.first { return .failure(rejection.problem) }
        throw SpoolError(code: "io", message: "cannot read \(DisplayText.of(path)): it is being changed")
    }
}

extension SpoolScan {
    /// Judges one request of a folder as if the others were not there, but for the files it names.
    fileprivate mutating func judge(alone stem: RequestName, in folder: Directory) throws(SystemFailure) {
        let listing = try FolderListing(folder, path: "")
        let files = listing.files.filter { RequestName($0.stem) == stem }
        let others = listing.files.flatMap(\.files)
        judge(
            files, in: folder, path: "",
            sightElsewhere: { name in others.first { RequestName($0.name) == RequestName(name) } })
    }
}
