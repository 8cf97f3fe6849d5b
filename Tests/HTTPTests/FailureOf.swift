import HTTP

struct UnexpectedSuccess: Error {
    let response: HTTPResponse
}

/// The error a request ends with. Ending without one fails the test.
func failure(of request: HTTPRequest, with transport: CurlTransport) async throws -> HTTPError {
    let response: HTTPResponse
    do throws(HTTPError) {
        response = try await transport.perform(request)
    } catch {
        return error
    }
    throw UnexpectedSuccess(response: response)
}
