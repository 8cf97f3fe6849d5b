import HTTP
import JSON
import Reconciliation

/// Categories, created where they are missing.
extension Performer {
    mutating func recategorize(_ members: [Int], _ category: String, path: String?) async {
        if !category.isEmpty, path != nil {
            if let result = await ensure(category, path: path) { return record(members, result) }
        }
        for part in members.parts(of: Self.mostIDs) {
            guard abandonment == nil else { return }
            let hashes = HashList(part.map { id(of: $0) }).text
            let call = APICall.change("torrents/setCategory", [("hashes", hashes), ("category", category)])
            var answer = await connection.call(call)
            if case .success(let response) = answer, response.status == 409 {
                // It does not exist: unlike an add, this call does not create it.
                if let result = await ensure(category, path: path) {
                    record(part, result)
                    continue
                }
                answer = await connection.call(call)
            }
            if case .success(let response) = answer, response.status == 409 {
                record(part, Self.badCategory(category, response))
            } else {
                conclude(part, call, answer)
            }
        }
    }

    /// Creates the category unless the server has it. The path of one that exists is left as it is.
    ///
    /// - Returns: What went wrong; `nil` when the category is there.
    mutating func ensure(_ category: String, path: String?) async -> Outcome.Result? {
        if categories == nil {
            switch await connection.call(.read("torrents/categories")) {
            case .failure(let failure): return lost(failure)
            case .success(let response): categories = Self.names(in: response)
            }
        }
        if categories?.contains(category) ?? false { return nil }
        let call = APICall.change(
            "torrents/createCategory", [("category", category), ("savePath", path ?? "")])
        switch await connection.call(call) {
        case .failure(let failure): return lost(failure)
        case .success(let response):
            switch response.status {
            case 200..<300:
                categories?.insert(category)
                return nil
            case 409:
                // Somebody was faster, or the name is no name: the list tells, and whoever wants it sees.
                categories = nil
                return await isListed(category) ? nil : Self.badCategory(category, response)
            default:
                return Self.judge(response, of: call)
            }
        }
    }

    private mutating func isListed(_ category: String) async -> Bool {
        guard case .success(let response) = await connection.call(.read("torrents/categories")) else {
            return false
        }
        let names = Self.names(in: response)
        categories = names
        return names.contains(category)
    }

    private mutating func lost(_ failure: CallFailure) -> Outcome.Result {
        if failure.isLasting { abandonment = failure }
        return failure.result
    }

    /// The keys of the answer. What cannot be read is an empty list: creating what exists is harmless.
    private static func names(in response: HTTPResponse) -> Set<String> {
        guard response.status == 200 else { return [] }
        do throws(JSONError) {
            guard case .object(let members) = try JSONReader.document(response.body, limits: .server).value
            else {
                return []
            }
            return Set(members.map(\.key))
        } catch {
            return []
        }
    }

    private static func badCategory(_ category: String, _ response: HTTPResponse) -> Outcome.Result {
        .failed(
            ActionFailure(
                remedy: .correctRequest, code: "bad-category",
                message: "qBittorrent refused the category \"\(category)\" (\(AnswerText(response).shown)). "
                    + "Choose another name."))
    }
}
