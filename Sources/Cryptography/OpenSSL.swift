// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibcrypto

/// What OpenSSL keeps for the process and for a thread.
enum OpenSSL {
    /// Begins, where nothing of OpenSSL was called before; without what it would do at the end of the process, which takes
    /// it away from threads that still hash.
    static func begin() {
        _ = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    }

    /// Empties the thread's list of errors, which TLS on the same thread would take for its own.
    static func forgetErrors() { ERR_clear_error() }
}
