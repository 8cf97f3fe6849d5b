import QBittorrent
import Spool
import Store

extension Failure {
    /// What an error of any part means for a command. Nothing that comes from outside ends as a defect.
    public static func understanding(_ error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        case let error as StoreError: Failure(.trouble, error.description)
        case let error as SpoolError:
            Failure(code(of: error), error.message)
        case let error as ConfigurationError: Failure(.configuration, error.description)
        case is CancellationError: Failure(.done, "")
        default: Failure(.defect, "an unexpected error; this is a defect of qspool: \(error)")
        }
    }

    private static func code(of error: SpoolError) -> ExitCode {
        switch error.code {
        case "world-writable": .configuration
        case "bad-name", "exists": .usage
        default: .trouble
        }
    }
}
