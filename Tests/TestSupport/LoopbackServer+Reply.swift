extension LoopbackServer {
    /// One request as it came over the wire.
    public struct Received: Sendable {
        public var method: String
        /// Path and query, undecoded.
        public var target: String
        /// With lower-case names, in order.
        public var headers: [(name: String, value: String)]
        public var body: [UInt8]
        /// Which connection of the server it came on, from 1.
        public var connection: Int
        /// Which request of that connection it is, from 1.
        public var requestOnConnection: Int

        /// The first value of a header.
        ///
        /// - Parameter name: In lower case.
        public func header(_ name: String) -> String? {
            headers.first { $0.name == name }?.value
        }

        /// The target without its query.
        public var path: String { String(target.prefix { $0 != "?" }) }

        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// What is answered, and how badly.
    public struct Reply: Sendable {
        /// How the end of the body is told.
        public enum Framing: Sendable {
            /// By its length.
            case length
            /// By a length that is not its own; the connection ends after the body.
            case wrongLength(Int)
            /// In chunks.
            case chunked
            /// By the end of the connection.
            case untilClose
        }

        public var status: Int
        public var headers: [(name: String, value: String)]
        public var body: [UInt8]
        public var framing: Framing
        /// Ends the connection after the reply, without announcing it.
        public var closes = false
        /// Ends the connection after so many bytes of the reply, head included. 0 answers nothing at all.
        public var cutAfter: Int?
        /// Sends so many bytes at a time, with a pause before each.
        public var drip: (bytes: Int, milliseconds: Int)?
        /// Never answers, until the other side or the server ends the connection.
        public var hangs = false
        /// Sent instead of everything made from the properties above.
        public var raw: [UInt8]?

        public init(
            status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
            framing: Framing = .length
        ) {
            self.status = status
            self.headers = headers
            self.body = body
            self.framing = framing
        }

        /// A text body.
        public static func text(_ text: String, status: Int = 200) -> Reply {
            Reply(status: status, body: Array(text.utf8))
        }

        /// No answer, the connection stays.
        public static var hang: Reply {
            var reply = Reply()
            reply.hangs = true
            return reply
        }

        /// No answer, the connection ends.
        public static var drop: Reply {
            var reply = Reply()
            reply.cutAfter = 0
            return reply
        }

        /// The bytes on the wire.
        var bytes: [UInt8] {
            if let raw { return raw }
            var head = "HTTP/1.1 \(status) Status\r\n"
            for header in headers { head += "\(header.name): \(header.value)\r\n" }
            var content = body
            switch framing {
            case .length: head += "Content-Length: \(body.count)\r\n"
            case .wrongLength(let length): head += "Content-Length: \(length)\r\n"
            case .untilClose: head += "Connection: close\r\n"
            case .chunked:
                head += "Transfer-Encoding: chunked\r\n"
                content =
                    body.isEmpty ? [] : Array("\(String(body.count, radix: 16))\r\n".utf8) + body + [13, 10]
                content += Array("0\r\n\r\n".utf8)
            }
            return Array("\(head)\r\n".utf8) + content
        }

        var endsConnection: Bool {
            switch framing {
            case .length, .chunked: closes || cutAfter != nil
            case .wrongLength, .untilClose: true
            }
        }
    }
}
