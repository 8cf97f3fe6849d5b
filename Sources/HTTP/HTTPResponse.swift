/// An answer that arrived as far as the server announced it. Any status counts, 500 too.
///
/// *Limits*: a body without a length ends where the connection ends, so a cut one looks whole. Whoever reads
/// such a body checks that its content is whole (that JSON ends, for instance).
public struct HTTPResponse: Sendable {
    /// The status code, 100…999.
    public var status: Int
    /// The header fields in order of arrival, with lower-case names. 256 KiB in all at most. Bytes that are
    /// not UTF-8 are replaced.
    public var headers: [(name: String, value: String)]
    /// The body, byte for byte. Its storage has 64 bytes to spare where the server announced the length.
    public var body: [UInt8]
    /// Where a redirect leads: absolute, `magnet:` and other schemes unchanged. It has not been followed.
    public var redirectURL: String?
    /// The time from the start of the transfer to its end.
    public var total: Duration
    /// The time from the start of the transfer to the first byte of the answer.
    public var timeToFirstByte: Duration

    /// - Parameters: As the properties of the same names.
    public init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        redirectURL: String? = nil, total: Duration = .zero, timeToFirstByte: Duration = .zero
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.redirectURL = redirectURL
        self.total = total
        self.timeToFirstByte = timeToFirstByte
    }

    /// The first value of a header field.
    ///
    /// - Parameter name: In lower case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The values of all `Set-Cookie` fields, in order, with their attributes.
    public var setCookies: [String] {
        headers.filter { $0.name == "set-cookie" }.map(\.value)
    }
}

extension HTTPResponse: CustomStringConvertible, CustomReflectable {
    /// The status and the body's size.
    public var description: String { "HTTP \(status), \(body.count) bytes" }

    /// A mirror without children, so that `dump` shows no cookie and no body.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
