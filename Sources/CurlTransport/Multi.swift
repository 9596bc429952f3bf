// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CCurl

/// libcurl's multi handle, cleaned up when the last one who may wake it has let go.
@safe final class Multi: Sendable {
    /// Once a process: libcurl's own initialisation is not safe to repeat beside running transfers.
    private static let globalResult = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    // One thread uses the handle for everything; others only for `curl_multi_wakeup`, which libcurl allows from
    // any thread. It is valid until `deinit`, and whoever calls a method holds a reference.
    nonisolated(unsafe) let handle: UnsafeMutableRawPointer

    init(_ options: TransportOptions) throws(TransportError) {
        guard Self.globalResult == CURLE_OK, let handle = unsafe curl_multi_init() else {
            throw TransportError(.library, .notSent, "libcurl could not be initialised")
        }
        unsafe self.handle = handle
        let limits = [
            (CURLMOPT_MAX_HOST_CONNECTIONS, options.maxConnectionsPerHost),
            (CURLMOPT_MAX_TOTAL_CONNECTIONS, options.maxConnections),
            (CURLMOPT_MAXCONNECTS, options.maxConnections),
        ]
        for (option, value) in limits where unsafe hookline_multi_setopt_long(handle, option, value) != CURLM_OK {
            throw TransportError(.library, .notSent, "libcurl does not take the connection limits")
        }
    }

    deinit {
        unsafe curl_multi_cleanup(handle)
    }

    /// Ends the thread's current or next wait; from any thread.
    func wakeUp() {
        // The only failure is a full pipe, and then the thread is about to wake anyway; see the poll's time-out.
        _ = unsafe curl_multi_wakeup(handle)
    }
}
