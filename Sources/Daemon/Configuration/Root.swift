/// Where everything of one qspool lies unless `--root` says otherwise.
public enum Root {
    /// User ids below this one are system users: Debian's `adduser.conf` and `login.defs` (`UID_MIN`).
    static let firstOrdinaryUserID: UInt32 = 1000

    /// The configuration's name below the root.
    public static let configurationFile = "config.yaml"

    /// `$QSPOOL_ROOT`; else `/var/lib/qspool` for root and system users; else `$XDG_STATE_HOME/qspool`,
    /// where an unset or relative variable means `~/.local/state` (XDG Base Directory Specification).
    ///
    /// - Parameters:
    ///   - environment: All variables. An empty one counts as unset.
    ///   - userID: The effective user id.
    /// - Throws: ``ConfigurationError`` when an ordinary user has no home directory to fall back on.
    public static func `default`(
        environment: [String: String], userID: UInt32
    ) throws(ConfigurationError) -> String {
        if let root = environment["QSPOOL_ROOT"], !root.isEmpty { return root }
        guard userID >= firstOrdinaryUserID else { return "/var/lib/qspool" }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return join(state, "qspool") }
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw ConfigurationError(
                message: "There is no root: give --root DIR, or set QSPOOL_ROOT, XDG_STATE_HOME or HOME.")
        }
        return join(home, ".local/state/qspool")
    }

    static func join(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }
}
