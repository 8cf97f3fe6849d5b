import CCurl

extension Transfer {
    /// Sets every option of the request on a handle that has none.
    ///
    /// - Throws: ``CurlFailure`` when libcurl is out of memory. Nothing was sent.
    func configure(_ handle: EasyHandle) throws(CurlFailure) {
        self.handle = handle
        try setTarget(on: handle)
        try setSafety(on: handle)
        try setLimits(on: handle)
        try setHeaders(on: handle)
        try setBody(on: handle)
        try setCallbacks(on: handle)
    }

    private func setTarget(on handle: EasyHandle) throws(CurlFailure) {
        try handle.set(CURLOPT_URL, request.url)
        if let path = request.unixSocket { try handle.set(CURLOPT_UNIX_SOCKET_PATH, path) }
        // HTTP/1.1 alone: qBittorrent speaks nothing else, and "a connection of its own" keeps its meaning.
        try handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        // Nothing but a connection nobody used before rules out that libcurl resends a request by itself.
        // And a kept connection has passed no address rule of ours.
        let ownConnection = request.isMutating || request.addressRule != .any
        try handle.set(CURLOPT_FRESH_CONNECT, ownConnection)
        try handle.set(CURLOPT_FORBID_REUSE, ownConnection)
    }

    private func setSafety(on handle: EasyHandle) throws(CurlFailure) {
        try handle.set(CURLOPT_NOSIGNAL, true)
        try handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        try handle.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        try handle.set(CURLOPT_FOLLOWLOCATION, false)
        // An empty text, unlike none at all, also switches the proxy variables of the environment off.
        try handle.set(CURLOPT_PROXY, "")
        try handle.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, true)
        try handle.set(CURLOPT_SSL_VERIFYPEER, true)
        try handle.set(CURLOPT_SSL_VERIFYHOST, 2)
        try handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let caFile = request.caFile { try handle.set(CURLOPT_CAINFO, caFile) }
    }

    private func setLimits(on handle: EasyHandle) throws(CurlFailure) {
        let timeouts = request.timeouts
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, timeouts.connect.limitMilliseconds)
        try handle.set(CURLOPT_TIMEOUT_MS, timeouts.whole.limitMilliseconds)
        try handle.set(CURLOPT_LOW_SPEED_LIMIT, max(timeouts.lowSpeedBytesPerSecond, 0))
        try handle.set(CURLOPT_LOW_SPEED_TIME, timeouts.lowSpeed.limitSeconds)
        // Without this, ending a transfer whose name is still being looked up waits for the name server, and
        // every other transfer of the thread with it.
        try handle.set(CURLOPT_QUICK_EXIT, true)
        // Only a shortcut for announced lengths: chunked and unsized bodies are counted as they arrive.
        try handle.setLarge(CURLOPT_MAXFILESIZE_LARGE, max(request.maximumBytes, 0))
        try handle.set(CURLOPT_BUFFERSIZE, 65_536)
    }

    private func setHeaders(on handle: EasyHandle) throws(CurlFailure) {
        // Without an empty Expect, libcurl waits a second for "100 Continue" before bodies over 1 MB.
        try appendHeader("Expect:")
        for header in request.headers {
            // "Name;" is libcurl's spelling of a field without a value; "Name:" would remove the field.
            try appendHeader(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        try handle.set(CURLOPT_HTTPHEADER, list: headerList)
        if let cookie = request.cookie { try handle.set(CURLOPT_COOKIE, cookie) }
        if let basicAuth = request.basicAuth {
            try handle.set(CURLOPT_HTTPAUTH, Int(1))  // CURLAUTH_BASIC, a macro with a cast.
            try handle.set(CURLOPT_USERNAME, basicAuth.user)
            try handle.set(CURLOPT_PASSWORD, basicAuth.password.reveal())
        }
    }

    private func appendHeader(_ line: String) throws(CurlFailure) {
        guard let longer = line.withCString({ curl_slist_append(headerList, $0) }) else {
            throw CurlFailure(code: CURLE_OUT_OF_MEMORY)
        }
        headerList = longer
    }

    private func setBody(on handle: EasyHandle) throws(CurlFailure) {
        guard request.method == .post else { return try handle.set(CURLOPT_HTTPGET, true) }
        switch request.body {
        case .none:
            try handle.set(CURLOPT_POST, true)
            try handle.set(postBody: [])
        case .form(let fields):
            try handle.set(CURLOPT_POST, true)
            try handle.set(postBody: FormEncoding.encode(fields))
        case .multipart(let parts):
            guard let mime = curl_mime_init(handle.raw) else { throw CurlFailure(code: CURLE_OUT_OF_MEMORY) }
            self.mime = mime
            for part in parts { try append(part, to: mime) }
            try handle.set(mime: mime)
        }
    }

    private func append(_ part: HTTPRequest.Part, to mime: OpaquePointer) throws(CurlFailure) {
        guard let place = curl_mime_addpart(mime) else { throw CurlFailure(code: CURLE_OUT_OF_MEMORY) }
        try check(curl_mime_name(place, part.name))
        // One byte more than counts, so that the pointer is there for an empty part too: with none at all
        // libcurl would leave the part without content.
        let code = (part.bytes + [0]).withUnsafeBytes {
            curl_mime_data(place, $0.baseAddress?.assumingMemoryBound(to: CChar.self), part.bytes.count)
        }
        try check(code)
        if let fileName = part.fileName { try check(curl_mime_filename(place, fileName)) }
        if let contentType = part.contentType { try check(curl_mime_type(place, contentType)) }
    }

    private func check(_ code: CURLcode) throws(CurlFailure) {
        guard code == CURLE_OK else { throw CurlFailure(code: code) }
    }

    private func setCallbacks(on handle: EasyHandle) throws(CurlFailure) {
        try handle.set(CURLOPT_WRITEFUNCTION, receiver: Self.bodyReceiver)
        try handle.set(CURLOPT_WRITEDATA, pointer: opaque)
        try handle.set(CURLOPT_HEADERFUNCTION, receiver: Self.headerReceiver)
        try handle.set(CURLOPT_HEADERDATA, pointer: opaque)
        try handle.set(socketOpener: Self.socketOpener)
        try handle.set(CURLOPT_OPENSOCKETDATA, pointer: opaque)
        if let errorStart = errorText.baseAddress { try handle.set(CURLOPT_ERRORBUFFER, pointer: errorStart) }
    }
}
