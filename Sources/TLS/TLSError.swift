// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibssl

/// Why a certificate and its key cannot be served.
package struct TLSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which of the two files is at fault.
    package enum Part: Hashable, Sendable {
        case certificate
        case key
        /// Each is good, and they do not belong together.
        case pair
    }

    /// Which file.
    package let part: Part
    /// What was found and what was expected, without a name for the file; nothing of its content.
    package let reason: String

    package init(_ part: Part, _ reason: String) {
        self.part = part
        self.reason = reason
    }

    package var description: String {
        switch part {
        case .certificate: "the certificate \(reason)"
        case .key: "the key \(reason)"
        case .pair: reason
        }
    }
}

/// OpenSSL's list of errors, which is one for each thread.
///
/// It is emptied before each call whose errors count, so that none is read as another connection's; and after those that may
/// leave one, for libcurl and libpq use the same threads.
enum ErrorQueue {
    static func clear() { ERR_clear_error() }

    /// The first error of the last call, as OpenSSL's words for it; they have no content of files or connections.
    static var words: String {
        guard let reason = unsafe ERR_reason_error_string(ERR_peek_error()) else { return "OpenSSL gives no reason" }
        return unsafe String(cString: reason)
    }

    /// The first error of the last call among those of TLS; 0 for any other.
    static var reasonOfTLS: Int32 {
        let error = ERR_peek_error()
        return ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0
    }
}
