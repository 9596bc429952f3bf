// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Glibc

/// libcurl's multi handle and what its thread waits on, cleaned up when the last one who may wake it has let go.
@safe final class Multi: Sendable {
    /// Once a process: libcurl's own initialisation is not safe to repeat beside running transfers.
    private static let globalResult = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    // One thread uses the handle. It is valid until `deinit`, and whoever calls a method holds a reference.
    nonisolated(unsafe) let handle: UnsafeMutableRawPointer
    /// The epoll instance for libcurl's sockets; the event file is one of what it watches.
    let epoll: Int32
    /// The event file that ends a wait.
    let event: Int32

    init(_ options: TransportOptions) throws(TransportError) {
        guard Self.globalResult == CURLE_OK, let handle = unsafe curl_multi_init() else {
            throw TransportError(.library, .notSent, "libcurl could not be initialised")
        }
        unsafe self.handle = handle
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        event = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard epoll >= 0, event >= 0, watch(event, for: EPOLLIN.rawValue, by: EPOLL_CTL_ADD) else {
            throw TransportError(.library, .notSent, "the system has no file left to wait on: errno \(errno)")
        }
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
        if event >= 0 { close(event) }
        if epoll >= 0 { close(epoll) }
    }

    /// Ends the thread's current or next wait; from any thread.
    func wakeUp() {
        // The only failure is a counter that is full, and then the thread is about to wake anyway.
        _ = eventfd_write(event, 1)
    }

    /// Takes the wake-ups back, so that the next wait lasts.
    func awake() {
        var count: eventfd_t = 0
        _ = unsafe eventfd_read(event, &count)
    }

    /// Changes what is watched of a file.
    ///
    /// - Parameters:
    ///   - file: Its number.
    ///   - events: `EPOLLIN`, `EPOLLOUT`, or both.
    ///   - operation: `EPOLL_CTL_ADD`, `EPOLL_CTL_MOD` or `EPOLL_CTL_DEL`.
    /// - Returns: Whether the system did it.
    @discardableResult
    func watch(_ file: Int32, for events: UInt32, by operation: Int32) -> Bool {
        var event = unsafe epoll_event(events: events, data: epoll_data())
        unsafe event.data.fd = file
        return unsafe epoll_ctl(epoll, operation, file, &event) == 0
    }
}
