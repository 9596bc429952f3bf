// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CCurl

// Options once for the life of a handle, and those that change with each request.

extension Transfer {
    /// Sets what is the same for every request of the transport.
    func setFixedOptions(_ options: TransportOptions) throws(TransportError) {
        try setSafety(options)
        try set(CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout.milliseconds)
        try set(CURLOPT_MAXAGE_CONN, Int(max(1, options.maxIdle.components.seconds)))
        try set(CURLOPT_HTTP_VERSION, Int(options.offersHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
        if options.offersHTTP2 { try set(CURLOPT_PIPEWAIT, 1) }
        if options.sendsProxyHeader { try set(CURLOPT_HAPROXYPROTOCOL, 1) }
        try set(CURLOPT_TCP_NODELAY, 1)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        // The default of 64 KiB for each handle that uploads is far more than a message needs.
        try set(CURLOPT_UPLOAD_BUFFERSIZE, 16 << 10)
        try set(CURLOPT_USERAGENT, options.userAgent)
        // An empty proxy is no proxy, and keeps libcurl from looking into the environment.
        try set(CURLOPT_PROXY, options.proxy ?? "")
        try setCallbacks()
    }

    /// What keeps credentials where they belong: no signals, no redirects, no other protocols, no `.netrc`.
    private func setSafety(_ options: TransportOptions) throws(TransportError) {
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_REDIR_PROTOCOLS_STR, "https")
        try set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try set(CURLOPT_SSL_VERIFYPEER, options.verifiesServer ? 1 : 0)
        try set(CURLOPT_SSL_VERIFYHOST, options.verifiesServer ? 2 : 0)
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = options.certificateAuthorities {
            try set(CURLOPT_CAINFO, file)
        }
    }

    /// Sets what belongs to one request, as far as it differs from the last one's.
    func setOptions(of request: TransferRequest) throws(TransportError) {
        let last = setting
        // After a throw nobody knows what is set.
        setting = nil
        if last?.url != request.url { try set(CURLOPT_URL, request.url) }
        if last?.headers !== request.headers {
            try check(CURLOPT_HTTPHEADER, unsafe hookline_setopt_list(easy, CURLOPT_HTTPHEADER, request.headers.list))
        }
        if last?.timeout != request.timeout { try set(CURLOPT_TIMEOUT_MS, request.timeout.milliseconds) }
        if last?.refusesPrivateAddresses != request.refusesPrivateAddresses || request.refusesPrivateAddresses {
            try setAddressCheck(request.refusesPrivateAddresses)
        }
        if last?.method != request.method {
            try set(request.method == .post ? CURLOPT_POST : CURLOPT_HTTPGET, 1)
        }
        if request.method == .post { try setBody(request.body) }
        setting = Setting(
            method: request.method,
            url: request.url,
            headers: request.headers,
            timeout: request.timeout,
            refusesPrivateAddresses: request.refusesPrivateAddresses
        )
    }

    /// Gives libcurl a copy of the body: a short one leaves with the head, in one piece.
    private func setBody(_ body: [UInt8]) throws(TransportError) {
        let size = unsafe hookline_setopt_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        try check(CURLOPT_POSTFIELDSIZE_LARGE, size)
        let copied = unsafe body.withUnsafeBytes { unsafe hookline_setopt_body(easy, $0.baseAddress) }
        try check(CURLOPT_COPYPOSTFIELDS, copied)
    }

    func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(option, unsafe hookline_setopt_long(easy, option, value))
    }

    func set(_ option: CURLoption, _ value: String) throws(TransportError) {
        // A C string would end at a NUL and be another value than the one that was checked.
        guard !value.utf8.contains(0) else { throw TransportError(.badRequest, .notSent, "an option has a NUL in it") }
        try check(option, unsafe hookline_setopt_string(easy, option, value))
    }

    func check(_ option: CURLoption, _ result: CURLcode) throws(TransportError) {
        guard result != CURLE_OK else { return }
        throw TransportError(
            .library,
            .notSent,
            "libcurl refuses its option \(option.rawValue)",
            curlCode: Int32(result.rawValue)
        )
    }
}

extension Duration {
    /// Whole milliseconds for libcurl, at least 1, because 0 means "for ever" there.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow, product < Int64(Int32.max) else { return Int(Int32.max) }
        return max(1, Int(product + attoseconds / 1_000_000_000_000_000))
    }
}
