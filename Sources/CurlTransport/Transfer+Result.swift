// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CCurl

// From libcurl's code to an answer or an error with its stage.

extension Transfer {
    /// The result of a transfer that libcurl has ended.
    ///
    /// - Parameter code: libcurl's code for it.
    /// - Returns: The answer when libcurl has all of it; else the error.
    func result(_ code: CURLcode) -> Result<TransferResponse, TransportError> {
        if code == CURLE_OK, let response { return .success(response) }
        return .failure(
            TransportError(errorCode(code), stage, reason(code), curlCode: Int32(code.rawValue), partial: response)
        )
    }

    /// The error of a transfer that is ended by us.
    func aborted(_ code: TransportError.Code, _ reason: String) -> Result<TransferResponse, TransportError> {
        .failure(TransportError(code, stage, reason, partial: response))
    }

    /// How far the request got.
    ///
    /// `tries` guards against what a reused handle still knows of its last transfer. For a body, libcurl counts
    /// the bytes that the socket (or TLS) has taken.
    var stage: TransportError.Stage {
        if mayHaveArrived { return .sent }
        guard tries > 0 else { return .notSent }
        guard !upload.isEmpty else { return .sent }
        var sent: curl_off_t = 0
        let result = unsafe hookline_getinfo_offset(easy, CURLINFO_SIZE_UPLOAD_T, &sent)
        guard result == CURLE_OK else { return .sent }
        return Int(sent) >= upload.count ? .sent : .notSent
    }

    /// What has arrived; `nil` before the status line of a final answer.
    private var response: TransferResponse? {
        var status = 0
        let result = unsafe hookline_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &status)
        guard result == CURLE_OK, tries > 0, headBytes > 0, status >= 200 else { return nil }
        return TransferResponse(status: status, head: head, body: body)
    }

    private func errorCode(_ code: CURLcode) -> TransportError.Code {
        if isTooLarge { return .responseTooLarge }
        if isAtPrivateAddress { return .privateAddress }
        return switch code {
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_COULDNT_CONNECT: .refused
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .dns
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_USE_SSL_FAILED,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
            .tls
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND,
            CURLE_ABORTED_BY_CALLBACK, CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_WEIRD_SERVER_REPLY:
            .connectionLost
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .badRequest
        default: .library
        }
    }

    /// libcurl's own sentence, which names host and port at most.
    private func reason(_ code: CURLcode) -> String {
        if isTooLarge { return "the answer is longer than allowed" }
        if isAtPrivateAddress { return "the host is at an address that is not of the open Internet" }
        if mayHaveArrived { return "the connection closed without an answer after the request was sent" }
        if code == CURLE_OK { return "the server gave no HTTP status" }
        let detail = unsafe String(cString: errorBuffer)
        return detail.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : detail
    }
}
