import CCurl

extension Transfer {
    /// What the caller gets, after libcurl ended the transfer with `code`.
    func result(_ code: CURLcode) -> Result<HTTPResponse, HTTPError> {
        guard let handle, code == CURLE_OK else { return .failure(failure(code)) }
        // libcurl 7.88 calls an answer that ends between its status line and its last field a success.
        guard head.isComplete else {
            return .failure(error(.truncated, "the connection ended within the headers of the answer"))
        }
        return .success(
            HTTPResponse(
                status: handle.number(CURLINFO_RESPONSE_CODE), headers: head.fields, body: takeBody(),
                redirectURL: handle.text(CURLINFO_REDIRECT_URL),
                total: .microseconds(handle.largeNumber(CURLINFO_TOTAL_TIME_T)),
                timeToFirstByte: .microseconds(handle.largeNumber(CURLINFO_STARTTRANSFER_TIME_T))))
    }

    /// The error of a transfer that was stopped from outside.
    func cancellation(_ reason: String) -> HTTPError {
        error(.cancelled, reason)
    }

    /// The error of a transfer that libcurl could not end by itself.
    func breakdown(_ reason: String) -> HTTPError {
        error(.other, reason)
    }

    private func failure(_ code: CURLcode) -> HTTPError {
        switch excess {
        case .body: return error(.tooLarge, "the body is larger than \(request.maximumBytes) bytes")
        case .headers:
            return error(.tooLarge, "the headers are larger than \(ResponseHead.maximumBytes) bytes")
        case nil: break
        }
        if code == CURLE_COULDNT_CONNECT, let refusal {
            return error(
                .addressNotAllowed(reason: refusal), "\(origin.host) is \(refusal), which is not allowed")
        }
        let kind = Self.kind(code)
        let message = curlMessage(code)
        return error(kind, message, kind == .tls ? Self.tlsCause(code, message) : nil)
    }

    /// libcurl has one code for every certificate that it does not take; which it was its words say.
    private static func tlsCause(_ code: CURLcode, _ message: String) -> HTTPError.TLSCause {
        if code == CURLE_SSL_CACERT_BADFILE { return .authorityFile }
        guard code == CURLE_PEER_FAILED_VERIFICATION else { return .other }
        if message.contains("does not match") || message.contains("no alternative certificate") {
            return .name
        }
        return message.contains("expired") || message.contains("not yet valid") ? .date : .issuer
    }

    private func error(
        _ kind: HTTPError.Kind, _ reason: String, _ tlsCause: HTTPError.TLSCause? = nil
    ) -> HTTPError {
        // The size of what was sent so far is the only proof libcurl offers; times are 0 on kept connections.
        let sent = handle?.number(CURLINFO_REQUEST_SIZE) ?? 0
        return HTTPError(
            kind: kind, nothingWasSent: sent == 0, message: "\(request): \(reason)", reason: reason,
            tlsCause: tlsCause)
    }

    private static func kind(_ code: CURLcode) -> HTTPError.Kind {
        switch code {
        case CURLE_COULDNT_CONNECT: .refused
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_SHUTDOWN_FAILED:
            .tls
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR: .truncated
        // 7.88 reports a single header line over 100 KiB as lack of memory.
        case CURLE_FILESIZE_EXCEEDED, CURLE_OUT_OF_MEMORY: .tooLarge
        case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED: .badURL
        // CURLE_UNSUPPORTED_PROTOCOL among them: the URL's scheme was checked before, so it means an answer
        // without a status line ("HTTP/0.9").
        default: .other
        }
    }

    private func curlMessage(_ code: CURLcode) -> String {
        let detail = String(
            decoding: errorText.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let text = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        let printable = text.prefix(256).map { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } ? $0 : "?" }
        return "\(Masking.text(String(printable))) (libcurl error \(code.rawValue))"
    }
}
