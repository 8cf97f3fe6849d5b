import HTTP

/// One call of the Web API, without address and session.
struct APICall: Sendable {
    enum Content: Sendable {
        case none
        case form([(name: String, value: String)])
        case parts([HTTPRequest.Part])
    }

    let method: HTTPRequest.Method
    /// Below `/api/v2/`: `torrents/info`, with its query where it has one.
    let path: String
    let content: Content
    let isMutating: Bool
    /// Whether 403 may be the answer to the call itself rather than to the session (`setLocation` to a path
    /// the server may not write to).
    let mayBeDenied: Bool

    private init(
        _ method: HTTPRequest.Method, _ path: String, _ content: Content, isMutating: Bool,
        mayBeDenied: Bool = false
    ) {
        self.method = method
        self.path = path
        self.content = content
        self.isMutating = isMutating
        self.mayBeDenied = mayBeDenied
    }

    /// A question.
    static func read(_ path: String, _ query: [(name: String, value: String)] = []) -> APICall {
        APICall(.get, query.isEmpty ? path : path + "?" + FormEncoding.query(query), .none, isMutating: false)
    }

    /// A question with more parameters than a URL should hold. All versions read a POST's form here.
    static func readByForm(_ path: String, _ fields: [(name: String, value: String)]) -> APICall {
        APICall(.post, path, .form(fields), isMutating: false)
    }

    /// A change. Always a POST: 4.2.5 would carry it out on a GET too, the others refuse that.
    static func change(
        _ path: String, _ fields: [(name: String, value: String)], mayBeDenied: Bool = false
    ) -> APICall {
        APICall(.post, path, .form(fields), isMutating: true, mayBeDenied: mayBeDenied)
    }

    /// A change with files.
    static func upload(_ path: String, _ parts: [HTTPRequest.Part]) -> APICall {
        APICall(.post, path, .parts(parts), isMutating: true)
    }
}
