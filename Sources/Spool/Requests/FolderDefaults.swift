import JSON
import Reconciliation

/// What holds for every request of a folder: its own `_defaults.json` over those of the folders above it,
/// over the configuration's.
///
/// An object, so that ten thousand requests below one file share one.
final class FolderDefaults: Equatable, Sendable {
    let said: RequestDefaults

    init(_ said: RequestDefaults) { self.said = said }

    static let none = FolderDefaults(.none)

    static func == (left: FolderDefaults, right: FolderDefaults) -> Bool {
        left === right || left.said == right.said
    }
}

extension FolderDefaults {
    /// Those of the configuration, above all folders.
    ///
    /// - Throws: ``SpoolError`` with the problem's code when they are at fault.
    static func configured(
        _ settings: SpoolSettings, _ decoder: RequestDecoder
    ) throws(SpoolError) -> FolderDefaults {
        guard let json = settings.defaults else { return none }
        switch decoder.defaults(json) {
        case .success(let said): return FolderDefaults(said)
        case .failure(let problem):
            throw SpoolError(
                code: problem.code, message: "the configured defaults are invalid, \(problem.placed)")
        }
    }
}

extension RequestDecoder {
    /// Reads the text of defaults.
    func defaults(_ json: [UInt8]) -> Result<RequestDefaults, Problem> {
        do throws(JSONError) {
            return defaults(try JSONReader.document(json, limits: .request), in: json)
        } catch {
            return .failure(Problem(error))
        }
    }
}

extension Problem {
    init(_ error: JSONError) {
        self.init(code: error.code, message: error.message, line: error.line, column: error.column)
    }

    /// The message with the place in front, for where nothing else tells it: `line 3, column 5: …`.
    var placed: String {
        guard let line else { return message }
        return "line \(line)" + (column.map { ", column \($0)" } ?? "") + ": " + message
    }
}
