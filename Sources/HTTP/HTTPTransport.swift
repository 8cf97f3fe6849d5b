/// What carries out requests. ``CurlTransport`` does; tests bring their own.
public protocol HTTPTransport: Sendable {
    /// Sends the request and waits for the whole answer. Redirects are not followed.
    ///
    /// Cancelling the task ends the transfer.
    ///
    /// - Throws: ``HTTPError`` when no whole answer arrived. With ``HTTPError/nothingWasSent`` the server has
    ///   not seen the request; otherwise it may or may not have carried it out.
    func perform(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
}
