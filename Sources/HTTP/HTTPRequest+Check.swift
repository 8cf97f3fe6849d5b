extension HTTPRequest {
    /// Checks what libcurl would take as it comes: control characters would forge headers, and a zero byte
    /// would cut a text short without a sign.
    ///
    /// - Returns: Where the request goes.
    /// - Throws: ``HTTPError`` of kind `badURL` or `other`. Nothing was sent.
    func checkedOrigin() throws(HTTPError) -> HTTPOrigin {
        guard let origin = HTTPOrigin(url: url) else {
            throw refusal(.badURL, "not a http or https URL without user name and password")
        }
        for header in headers {
            guard !header.name.isEmpty, header.name.utf8.allSatisfy({ Self.isTokenByte($0) }),
                Self.isPlain(header.value)
            else {
                throw refusal(.other, "a header has a malformed name or a control character in its value")
            }
        }
        let texts = [cookie, unixSocket, basicAuth?.user, basicAuth?.password.reveal(), caFile]
        guard texts.allSatisfy({ $0.map(Self.isPlain) ?? true }) else {
            throw refusal(.other, "a cookie, credential or path has a control character in it")
        }
        // sun_path holds 108 bytes with the closing zero; libcurl reports a longer one as a resolver failure.
        guard (unixSocket?.utf8.count ?? 0) <= 107 else {
            throw refusal(.other, "the path of the Unix socket is longer than 107 bytes")
        }
        try checkBody()
        return origin
    }

    private func checkBody() throws(HTTPError) {
        switch body {
        case .none, .form:
            break
        case .multipart(let parts):
            let isPlain = parts.allSatisfy { part in
                [part.name, part.fileName, part.contentType].allSatisfy { $0.map(Self.isPlain) ?? true }
            }
            guard isPlain else { throw refusal(.other, "a part has a control character in its name or type") }
        }
        if method == .get, case .none = body { return }
        guard method == .post else { throw refusal(.other, "a GET carries no body") }
    }

    private func refusal(_ kind: HTTPError.Kind, _ reason: String) -> HTTPError {
        HTTPError(kind: kind, nothingWasSent: true, message: "\(self): \(reason)", reason: reason)
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }

    /// `tchar` of RFC 9110 §5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
