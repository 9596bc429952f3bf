// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Glibc

/// What the transport's thread waits for: libcurl's sockets in an epoll instance, libcurl's timer, and wake-ups.
///
/// libcurl says by its callbacks which sockets it wants watched and when it wants to be called next, and is called for
/// what is ready alone (`curl_multi_socket_action`). So an answer costs the same beside one transfer that hangs and
/// beside a thousand; `curl_multi_perform` goes through all of them each time.
///
/// It lives on the transport's thread, which calls ``detach()`` before it lets go.
@safe final class SocketPoll {
    /// The most files that one wait reports.
    private static let mostEvents = 128

    private let multi: Multi
    private let events: UnsafeMutablePointer<epoll_event>
    /// When libcurl wants to be called though no socket is ready; `nil` when it waits for sockets only.
    private var timer: ContinuousClock.Instant?

    init(_ multi: Multi) {
        self.multi = multi
        unsafe events = .allocate(capacity: Self.mostEvents)
    }

    deinit {
        unsafe events.deallocate()
    }

    /// Sets libcurl's callbacks.
    ///
    /// - Returns: Whether libcurl took them.
    func attach() -> Bool {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let watches: curl_socket_callback = { _, socket, wish, context, _ in
            unsafe SocketPoll.of(context).watch(socket, wish)
            return 0
        }
        let times: curl_multi_timer_callback = { _, delay, context in
            unsafe SocketPoll.of(context).setTimer(delay)
            return 0
        }
        let sockets = unsafe hookline_multi_setopt_socket(multi.handle, watches, context)
        let timer = unsafe hookline_multi_setopt_timer(multi.handle, times, context)
        return sockets == CURLM_OK && timer == CURLM_OK
    }

    /// Takes the callbacks back: libcurl closes its connections later.
    func detach() {
        _ = unsafe hookline_multi_setopt_socket(multi.handle, nil, nil)
        _ = unsafe hookline_multi_setopt_timer(multi.handle, nil, nil)
    }

    /// Calls libcurl when its timer is due.
    ///
    /// - Returns: Whether the multi handle works.
    func serveTimer() -> Bool {
        guard let due = timer, due <= .now else { return true }
        timer = nil
        return act(CURL_SOCKET_TIMEOUT, 0)
    }

    /// Waits until a socket is ready, the timer is due or somebody wakes, and calls libcurl for each socket.
    ///
    /// - Parameter limit: How long it waits at most, in milliseconds.
    /// - Returns: Whether the multi handle and the wait work.
    func serveSockets(waiting limit: Int32) -> Bool {
        var limit = limit
        if let timer, limit > 0 {
            let now = ContinuousClock.now
            limit = timer <= now ? 0 : min(limit, Int32(clamping: now.duration(to: timer).milliseconds + 1))
        }
        let count = unsafe epoll_wait(multi.epoll, events, Int32(Self.mostEvents), limit)
        guard count >= 0 else { return errno == EINTR }
        var works = true
        for index in 0..<Int(count) {
            let event = unsafe events[index]
            let file = unsafe event.data.fd
            if file == multi.event {
                multi.awake()
            } else {
                // Without a bit, as for a connection that was reset, libcurl looks for itself.
                let reads = unsafe event.events & EPOLLIN.rawValue != 0 ? CURL_CSELECT_IN : 0
                let writes = unsafe event.events & EPOLLOUT.rawValue != 0 ? CURL_CSELECT_OUT : 0
                works = act(file, reads | writes) && works
            }
        }
        return works
    }

    private func act(_ socket: curl_socket_t, _ ready: Int32) -> Bool {
        var running: Int32 = 0
        return unsafe curl_multi_socket_action(multi.handle, socket, ready, &running) == CURLM_OK
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> SocketPoll {
        guard let context = unsafe context else { preconditionFailure("libcurl gave a callback no context") }
        return unsafe Unmanaged<SocketPoll>.fromOpaque(context).takeUnretainedValue()
    }

    /// libcurl wants a socket watched, differently watched, or no more.
    private func watch(_ socket: curl_socket_t, _ wish: Int32) {
        let events: UInt32? =
            switch wish {
            case CURL_POLL_IN: EPOLLIN.rawValue
            case CURL_POLL_OUT: EPOLLOUT.rawValue
            case CURL_POLL_INOUT: EPOLLIN.rawValue | EPOLLOUT.rawValue
            default: nil
            }
        guard let events else {
            multi.watch(socket, for: 0, by: EPOLL_CTL_DEL)
            return
        }
        // A number that libcurl uses again may be one that the system still knows, or has forgotten with the file.
        if !multi.watch(socket, for: events, by: EPOLL_CTL_ADD) { multi.watch(socket, for: events, by: EPOLL_CTL_MOD) }
    }

    /// libcurl wants to be called after that many milliseconds; below zero, not at all.
    private func setTimer(_ delay: Int) {
        timer = delay < 0 ? nil : .now.advanced(by: .milliseconds(delay))
    }
}
