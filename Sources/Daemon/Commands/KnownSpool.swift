import Reconciliation
import Spool
import Store

/// The spool that the store belongs to: asked for before a verb writes files that no person names one by one.
enum KnownSpool {
    /// - Throws: ``Failure`` with ``ExitCode/trouble`` when another spool, or none, lies where it should be:
    ///   what would be written there would be lost to sight when the right one is mounted.
    static func require(_ installation: Installation, _ store: Store) throws {
        let directory = installation.layout.requests
        let found: String
        do throws(SpoolError) {
            found = try SpoolIdentity.read(in: directory)
        } catch {
            throw Failure(
                .trouble, "\(error.message): is the spool mounted? Nothing was written to \(directory)")
        }
        guard let known = try store.spoolIdentity, known != found else { return }
        throw Failure(
            .trouble,
            "\(directory) is another spool (\(found)) than the one that the store knows (\(known)): nothing "
                + "was written")
    }
}
