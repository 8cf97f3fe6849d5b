public import Reconciliation

/// Checks one file outside a reading of the spool, by the rules of the spool: what `qspool validate` does.
public enum RequestCheck {
    /// What a file turned out to be.
    public enum Checked: Equatable, Sendable {
        /// A request, whose source is still to be resolved.
        case request(RequestDraft)
        /// Defaults of a folder, and nothing is wrong with them.
        case defaults
    }

    /// Reads a request file, with the side file and the named `.torrent` beside it, or a folder's defaults.
    ///
    /// - Parameters:
    ///   - path: Of the `.json`, `.torrent` or `.magnet` file.
    ///   - settings: Below `directory`, a request is under the defaults of its folders; elsewhere under the
    ///     configured ones alone.
    ///   - now: The wall clock, for ``RequestVersion/readAt``.
    ///   - folder: Below the spool; need not be there yet: whose defaults hold, as if the request lay there.
    ///     `nil`: those of the folder that it lies in.
    /// - Returns: What it is, or what is wrong with it or with the defaults that it is under.
    /// - Throws: ``SpoolError`` when the file, the folder it lies in or one of its defaults cannot be read at
    ///   all, or the settings' own defaults are at fault.
    public static func check(
        path: String, settings: SpoolSettings, now: WallTime, asIfIn place: String? = nil
    ) throws(SpoolError) -> Result<Checked, Problem> {
        let (parent, name) = PathText.split(path)
        let trial = try RequestTrial(settings: settings, now: now)
        switch SpoolName(Array(name.utf8), isFolder: false) {
        case .skipped, .folder, .unusable: return .failure(badName)
        case .defaults:
            return try reading(path) { () throws(SystemFailure) in
                let folder = try Directory(path: try PathText.resolvingLinks(parent))
                _ = try folder.facts(name)
                return try trial.defaults(name, in: folder).map { _ in .defaults }
            }
        case .request(let stem, _, _):
            let (folder, folderPath) = try reading(path) { () throws(SystemFailure) in
                let resolved = try PathText.resolvingLinks(parent)
                let folder = try Directory(path: resolved)
                _ = try folder.facts(name)
                guard let place else { return (folder, resolved) }
                return (folder, PathText.join(try PathText.resolvingLinks(settings.directory), place))
            }
            switch try trial.chain(to: folderPath) {
            case .failure(let problem): return .failure(problem)
            case .success(let defaults):
                return try reading(path) { () throws(SystemFailure) in
                    try trial.request(RequestName(stem), in: folder, under: defaults).map { .request($0) }
                }
            }
        }
    }

    /// The same for a request alone.
    ///
    /// - Returns: The draft, or what is wrong; a file of defaults is no request.
    /// - Throws: As ``check(path:settings:now:asIfIn:)``.
    public static func read(
        path: String, settings: SpoolSettings, now: WallTime, asIfIn place: String? = nil
    ) throws(SpoolError) -> Result<RequestDraft, Problem> {
        try check(path: path, settings: settings, now: now, asIfIn: place).flatMap { checked in
            guard case .request(let draft) = checked else { return .failure(badName) }
            return .success(draft)
        }
    }

    /// Checks the text of defaults, such as the configuration's.
    ///
    /// - Parameters:
    ///   - json: A JSON object.
    ///   - settings: `directory` and `defaults` do not matter.
    /// - Returns: What is wrong with them, with its place in `json`; `nil` when nothing is.
    public static func defaults(_ json: [UInt8], settings: SpoolSettings) -> Problem? {
        guard case .failure(let problem) = RequestDecoder(settings: settings).defaults(json) else {
            return nil
        }
        return problem
    }

    private static func reading<Found>(
        _ path: String, _ read: () throws(SystemFailure) -> Found
    ) throws(SpoolError) -> Found {
        do throws(SystemFailure) {
            return try read()
        } catch {
            let title = "cannot read \(DisplayText.of(path))"
            guard error != .busy else {
                throw SpoolError(code: "io", message: "\(title): it is being changed")
            }
            throw SpoolError(title, error)
        }
    }

    private static let badName = Problem(
        code: "bad-name",
        message: "A request file ends in .json, .torrent or .magnet, and does not begin with a dot or _.")
}
