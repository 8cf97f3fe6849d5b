import HTTP
import TestSupport
import Testing

@Suite struct HTTPDateTests {
    @Test(
        "the three forms, and nothing else",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("", nil), ("120", nil), ("Sunday", nil), ("soon: never", nil), ("12:00", nil),
            ("Sun, 06 Nov 1994 28:49:37 GMT", nil), (String(repeating: ":", count: 1_000), nil),
        ] as [(String, Int64?)])
    func dates(text: String, seconds: Int64?) {
        #expect(HTTPDate.seconds(text) == seconds)
    }

    @Test func theReasonOfAnErrorHoldsNothingOfTheURLButItsHost() async throws {
        let server = LoopbackServer { _ in Reply() }
        let url = server.url + "/canary/x?y=canary"
        server.stop()
        for request in [
            HTTPRequest(url: url), HTTPRequest(url: "http://canary@127.0.0.1/"),
            HTTPRequest(url: url, addressRule: .publicOnly(allowHosts: [])),
        ] {
            let error = try await failure(of: request, with: CurlTransport())
            #expect(error.message.hasSuffix(error.reason) && error.message != error.reason)
            #expect(!error.reason.contains("canary"))
        }
    }
}
