// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibcrypto

/// What OpenSSL keeps for the process and for a thread.
package enum OpenSSL {
    private static let begun = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)

    /// Begins, without what OpenSSL would do at the end of the process, which takes it away from threads that still hash.
    ///
    /// That holds when it comes before every other call of OpenSSL in the process, those of libcurl and libpq too: a program
    /// calls it first of all. Everything here that may be the first to call OpenSSL does so as well. A later call does nothing.
    ///
    /// - SeeAlso: [OPENSSL_init_crypto](https://docs.openssl.org/3.0/man3/OPENSSL_init_crypto/)
    package static func begin() { _ = begun }

    /// Empties the thread's list of errors, which TLS on the same thread would take for its own.
    static func forgetErrors() { ERR_clear_error() }
}
