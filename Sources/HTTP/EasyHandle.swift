import CCurl

/// A libcurl call that did not succeed.
struct CurlFailure: Error {
    let code: CURLcode
}

/// Typed access to one easy handle of libcurl. Every option goes through here, so that none fails unnoticed.
struct EasyHandle {
    let raw: UnsafeMutableRawPointer

    func set(_ option: CURLoption, _ value: Int) throws(CurlFailure) {
        try check(ccurl_set_long(raw, option, value))
    }

    func set(_ option: CURLoption, _ value: Bool) throws(CurlFailure) {
        try set(option, value ? 1 : 0)
    }

    func setLarge(_ option: CURLoption, _ value: Int) throws(CurlFailure) {
        try check(ccurl_set_offset(raw, option, curl_off_t(value)))
    }

    /// libcurl copies the text.
    func set(_ option: CURLoption, _ value: String) throws(CurlFailure) {
        try check(value.withCString { ccurl_set_text(raw, option, $0) })
    }

    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer) throws(CurlFailure) {
        try check(ccurl_set_pointer(raw, option, pointer))
    }

    func set(_ option: CURLoption, list: UnsafeMutablePointer<curl_slist>?) throws(CurlFailure) {
        try check(ccurl_set_list(raw, option, list))
    }

    func set(_ option: CURLoption, receiver: @escaping curl_write_callback) throws(CurlFailure) {
        try check(ccurl_set_receiver(raw, option, receiver))
    }

    func set(socketOpener: @escaping curl_opensocket_callback) throws(CurlFailure) {
        try check(ccurl_set_socket_opener(raw, socketOpener))
    }

    func set(mime: OpaquePointer) throws(CurlFailure) {
        try check(ccurl_set_mime(raw, mime))
    }

    /// The body of a POST, copied by libcurl. The size comes first: only then is it not taken for a C string.
    func set(postBody bytes: [UInt8]) throws(CurlFailure) {
        try setLarge(CURLOPT_POSTFIELDSIZE_LARGE, bytes.count)
        guard !bytes.isEmpty else { return try set(CURLOPT_COPYPOSTFIELDS, "") }
        try check(bytes.withUnsafeBytes { ccurl_set_bytes(raw, CURLOPT_COPYPOSTFIELDS, $0.baseAddress) })
    }

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        return ccurl_get_long(raw, info, &value) == CURLE_OK ? value : 0
    }

    func largeNumber(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        return ccurl_get_offset(raw, info, &value) == CURLE_OK ? Int(value) : 0
    }

    func text(_ info: CURLINFO) -> String? {
        var value: UnsafePointer<CChar>?
        guard ccurl_get_text(raw, info, &value) == CURLE_OK, let value else { return nil }
        return String(cString: value)
    }

    private func check(_ code: CURLcode) throws(CurlFailure) {
        guard code == CURLE_OK else { throw CurlFailure(code: code) }
    }
}
