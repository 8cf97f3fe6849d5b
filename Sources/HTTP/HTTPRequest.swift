/// One HTTP request, with every limit it runs under.
///
/// A value: nothing happens until an ``HTTPTransport`` performs it. Printing it shows the method and the
/// masked URL, never a header, cookie or body.
public struct HTTPRequest: Sendable {
    /// The method. A `get` carries no body.
    public enum Method: String, Sendable {
        /// Reads.
        case get = "GET"
        /// Sends a body, an empty one with ``Body/none``.
        case post = "POST"
    }

    /// What is sent after the headers. Its length is always announced (`Content-Length`).
    public enum Body: Sendable {
        /// Nothing.
        case none
        /// `application/x-www-form-urlencoded`, by ``FormEncoding``.
        case form([(name: String, value: String)])
        /// `multipart/form-data`, parts in the order given.
        case multipart([Part])
    }

    /// One part of a `multipart/form-data` body.
    public struct Part: Sendable {
        /// The field's name.
        public var name: String
        /// The file's name; `nil` for a plain field.
        public var fileName: String?
        /// The media type; with `nil` it is left out for a plain field and guessed from the name for a file.
        public var contentType: String?
        /// The content, byte for byte.
        public var bytes: [UInt8]

        /// A part of any kind.
        public init(name: String, fileName: String? = nil, contentType: String? = nil, bytes: [UInt8]) {
            self.name = name
            self.fileName = fileName
            self.contentType = contentType
            self.bytes = bytes
        }

        /// A plain text field.
        public init(name: String, value: String) {
            self.init(name: name, bytes: Array(value.utf8))
        }
    }

    /// Who logs in by HTTP Basic, for a reverse proxy in front of the server.
    public typealias BasicAuth = (user: String, password: Secret)

    /// The method.
    public var method: Method
    /// Absolute, `http` or `https`, without user name and password.
    public var url: String
    /// Sent as given. Names and values with control characters are refused.
    public var headers: [(name: String, value: String)]
    /// What is sent after the headers.
    public var body: Body
    /// The value of the `Cookie` header, such as `SID=…`. There is no cookie jar.
    public var cookie: String?
    /// Whether the request changes something at the server.
    ///
    /// libcurl resends a request by itself when a kept connection dies before the first byte of the answer,
    /// and so a change may be carried out twice. Such a request gets a connection of its own, on which
    /// libcurl never resends.
    public var isMutating: Bool
    /// How long the steps may take.
    public var timeouts: HTTPTimeouts
    /// The largest body accepted, counted as it arrives. Default 256 MiB (100 000 torrents are 145 MB).
    public var maximumBytes: Int
    /// Path of a Unix socket to connect to instead of the URL's host. At most 107 bytes.
    public var unixSocket: String?
    /// HTTP Basic credentials.
    public var basicAuth: BasicAuth?
    /// A PEM file with certificate authorities to trust. Those in the system's certificate directory stay
    /// trusted besides it.
    public var caFile: String?
    /// Which addresses may be connected to.
    public var addressRule: AddressRule

    /// - Parameters: As the properties of the same names.
    public init(
        _ method: Method = .get, url: String, headers: [(name: String, value: String)] = [],
        body: Body = .none, cookie: String? = nil, isMutating: Bool = false,
        timeouts: HTTPTimeouts = HTTPTimeouts(), maximumBytes: Int = 256 << 20, unixSocket: String? = nil,
        basicAuth: BasicAuth? = nil, caFile: String? = nil, addressRule: AddressRule = .any
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.cookie = cookie
        self.isMutating = isMutating
        self.timeouts = timeouts
        self.maximumBytes = maximumBytes
        self.unixSocket = unixSocket
        self.basicAuth = basicAuth
        self.caFile = caFile
        self.addressRule = addressRule
    }
}

extension HTTPRequest: CustomStringConvertible, CustomReflectable {
    /// The method and the masked URL.
    public var description: String {
        "\(method.rawValue) \(Masking.url(url))" + (unixSocket.map { " (unix:\($0))" } ?? "")
    }

    /// A mirror without children, so that `dump` shows no cookie and no body.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
