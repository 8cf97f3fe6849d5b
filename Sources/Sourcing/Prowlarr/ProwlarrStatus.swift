import JSON
import Reconciliation

/// Whether what answers is Prowlarr, and which version (`GET /api/v1/system/status`).
struct ProwlarrStatus {
    private static let mostBytes = 1 << 20

    private let call: ProwlarrCall

    init(_ call: ProwlarrCall) { self.call = call }

    /// - Throws: What is wrong with the address, the key or the server.
    func version() async throws(SourceFailure) -> String {
        let body = try await call.body("/system/status", maximumBytes: Self.mostBytes).get()
        let status: JSONNode
        do throws(JSONError) {
            status = try JSONReader.document(body, limits: .server)
        } catch {
            throw call.notItsAPI
        }
        guard case .string(let version)? = status["version"]?.value else { throw call.notItsAPI }
        if case .string(let name)? = status["appName"]?.value, name.lowercased() != "prowlarr" {
            throw call.misconfigured(
                "not-prowlarr",
                "What answers at prowlarr.url is \(call.quoted(name)), not Prowlarr. Check the address.")
        }
        return call.quoted(version)
    }
}
