import HTTP
import JSON
import Reconciliation

extension Client {
    /// What `qspool check` says about this server: reachable, logged in, version, what the version can do,
    /// free space, and the settings that would fight us.
    ///
    /// Drops the session first, because with a live one a wrong password goes unnoticed; so it costs a login.
    public func check() async -> [Finding] {
        await connection.forgetSession()
        switch await facts() {
        case .failure(let trouble):
            return [Finding(.error, trouble.message)]
        case .success(let facts):
            return [Finding(.ok, "\(connection.address.shown) answers and lets us in.")]
                + versionFindings(facts)
                + credentialFindings() + (await preferenceFindings())
        }
    }

    private func versionFindings(_ facts: ServerFacts) -> [Finding] {
        var findings = [Finding(.ok, "qBittorrent \(facts.version), Web API \(facts.webAPI).")]
        guard let version = WebAPIVersion(facts.webAPI) else { return findings }
        let capabilities = Capabilities(version: version)
        if capabilities.isNewerThanKnown {
            findings.append(
                Finding(
                    .note,
                    "That is newer than any version qspool was tried with (5.3.0, Web API "
                        + "\(Capabilities.newestKnown)); it is used like that one."))
        }
        if capabilities.isOlderThanKnown {
            findings.append(
                Finding(
                    .warning,
                    "That is older than any version qspool was tried with (4.2.5, Web API "
                        + "\(Capabilities.oldestKnown)). What is listed below is known to be missing; what "
                        + "else does not work is not known."))
        }
        if !capabilities.lacks.isEmpty {
            findings.append(
                Finding(.note, "With this version " + capabilities.lacks.joined(separator: "; ") + "."))
        }
        if let space = facts.freeSpace {
            findings.append(
                Finding(.ok, "\(Display.bytes(space)) are free at its default save path."))
        } else if capabilities.tellsFreeSpace {
            findings.append(Finding(.note, "It did not say how much space is free."))
        }
        return findings
    }

    private func credentialFindings() -> [Finding] {
        let address = connection.address
        if address.apiKey != nil || address.username == nil { return [] }
        // CVE-2023-30801: the built-in default of versions before 4.6.1.
        guard address.username == "admin", address.password == Secret("adminadmin") else { return [] }
        return [Finding(.warning, "It accepts the well-known default password. Change it.")]
    }

    private func preferenceFindings() async -> [Finding] {
        switch await connection.call(.read("app/preferences")) {
        case .failure(let failure): return [Finding(.error, failure.trouble.message)]
        case .success(let response):
            do throws(JSONError) {
                return try Preferences(response.body).findings
            } catch {
                return [Finding(.warning, "Its settings could not be read (\(error.code)).")]
            }
        }
    }
}
