import JSON
import Reconciliation

/// What every request of a folder says unless it says otherwise: the content of a `_defaults.json`, or
/// several of them laid over each other (contract 2.1).
///
/// They are merged as decoded values, not as text: a problem keeps its place in the file it is in, and the
/// spellings of other tools in a file of defaults are not reported with every request below it.
struct RequestDefaults: Equatable {
    static let none = RequestDefaults(options: RequestOptions())

    let options: RequestOptions

    /// These where they say something, `farther` for the rest: the folder over its parent.
    func over(_ farther: RequestDefaults) -> RequestDefaults {
        RequestDefaults(options: options.over(farther.options))
    }
}

extension RequestDecoder {
    /// Reads a file of defaults: a request without source.
    ///
    /// - Returns: The defaults, or the first problem in the order of the file.
    func defaults(_ root: JSONNode, in bytes: [UInt8]) -> Result<RequestDefaults, Problem> {
        do throws(Problem) {
            let members = try members(of: FieldPlace(root, "", bytes), what: "A file of defaults")
            for member in members {
                switch RequestKey.known[member.key]?.field {
                case .source, .release: throw noDefault(member, bytes)
                default: continue
                }
            }
            return .success(RequestDefaults(options: try draft(members, bytes).options))
        } catch {
            return .failure(error)
        }
    }

    /// The request that a `.torrent` or `.magnet` alone is.
    func bare(_ defaults: RequestDefaults) -> DecodedRequest {
        DecodedRequest(defaults.options, client: settings.client)
    }

    private func noDefault(_ member: JSONMember, _ bytes: [UInt8]) -> Problem {
        FieldPlace(keyOf: member, bytes).problem(
            "unknown-field",
            "Defaults hold no \(member.key): it would make every request below them the same torrent.")
    }
}
