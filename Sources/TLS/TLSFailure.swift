// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibssl

/// Why a connection did not become one of TLS; the raw values are what metrics say.
package enum TLSFailure: String, Hashable, Sendable, CaseIterable {
    /// The client spoke HTTP without TLS; it was told so.
    case plainHTTP = "plain_http"
    /// What came is no TLS.
    case notTLS = "not_tls"
    /// The client knows no version from TLS 1.2 on.
    case version
    /// Client and service have no cipher, curve or signature in common.
    case algorithms
    /// The client offers protocols by name, and HTTP/1.1 is not among them.
    case application
    /// The client refused our certificate, or what else it got.
    case refused = "refused_by_client"
    /// The client broke the rules of TLS.
    case broken
    /// The client went in the middle of it.
    case cutOff = "cut_off"
    /// The listener ended it: it needed the place, or stops.
    case dropped
    /// It took too long.
    case tooSlow = "too_slow"

    /// What the first of OpenSSL's errors says.
    init(reason: Int32) {
        switch reason {
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: self = .notTLS
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_UNKNOWN_PROTOCOL, SSL_R_VERSION_TOO_LOW: self = .version
        case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SHARED_GROUPS, SSL_R_NO_SUITABLE_KEY_SHARE,
            SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
            self = .algorithms
        case SSL_R_NO_APPLICATION_PROTOCOL: self = .application
        case SSL_AD_REASON_OFFSET...: self = .refused
        default: self = .broken
        }
    }
}

/// How the beginning of a connection went.
package enum TLSBeginning: Hashable, Sendable {
    /// It speaks TLS in this version, such as `TLSv1.3`.
    case began(version: String)
    case failed(TLSFailure)
}
