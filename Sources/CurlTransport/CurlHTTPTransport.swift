// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOConcurrencyHelpers

/// HTTP over libcurl's multi interface: one thread for any number of transfers.
///
/// The thread owns the multi handle; everybody else puts commands into the inbox and wakes it. Connections are
/// kept alive and shared by all requests.
package final class CurlHTTPTransport: HTTPTransport {
    private struct Ending {
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let multi: Multi
    private let inbox = NIOLockedValueBox(Inbox<Transfer.Job>())
    private let lastID = NIOLockedValueBox(0)
    private let ending = NIOLockedValueBox(Ending())
    private let losesWakeUps: Bool

    /// Starts the thread.
    ///
    /// - Parameter options: How to connect.
    /// - Throws: `TransportError` when libcurl cannot be set up.
    package convenience init(_ options: TransportOptions = TransportOptions()) throws(TransportError) {
        try self.init(options, losesWakeUps: false)
    }

    /// Starts the thread; a transport that loses every wake-up shows that it heals.
    init(_ options: TransportOptions, losesWakeUps: Bool) throws(TransportError) {
        let multi = try Multi(options)
        self.multi = multi
        self.losesWakeUps = losesWakeUps
        let thread = Thread { [inbox, ending] in
            var loop = TransferLoop(multi, inbox, options)
            loop.run()
            let waiters = ending.withLockedValue { ending in
                ending.hasEnded = true
                defer { ending.waiters = [] }
                return ending.waiters
            }
            for waiter in waiters { waiter.resume() }
        }
        thread.name = "curl"
        thread.start()
    }

    deinit {
        close()
    }

    package func perform(_ request: TransferRequest) async throws(TransportError) -> TransferResponse {
        let id = lastID.withLockedValue { last in
            last += 1
            return last
        }
        // After this no cancel can arrive any more.
        defer { inbox.withLockedValue { $0.forget(id) } }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { completion in
                start(id, Transfer.Job(request: request, completion: completion))
            }
        } onCancel: {
            if inbox.withLockedValue({ $0.cancel(id) }) { wakeUp() }
        }
        return try result.get()
    }

    /// Ends everything and returns when the thread has ended.
    ///
    /// Transfers under way fail with `shutDown` and the stage they had reached, further ones with `notSent`. A
    /// second call waits for the first one's end.
    package func shutdown() async {
        close()
        await withCheckedContinuation { waiter in
            let hasEnded = ending.withLockedValue { ending in
                if !ending.hasEnded { ending.waiters.append(waiter) }
                return ending.hasEnded
            }
            if hasEnded { waiter.resume() }
        }
    }

    /// The number of requests that somebody waits for.
    package var openTransfers: Int { inbox.withLockedValue { $0.count } }

    private func start(_ id: Int, _ job: Transfer.Job) {
        switch inbox.withLockedValue({ $0.start(id, job) }) {
        case .accepted(wakes: true):
            wakeUp()
        case .accepted(wakes: false):
            break
        case .cancelled:
            let error = TransportError(.cancelled, .notSent, "the request was cancelled before it began")
            job.completion.resume(returning: .failure(error))
        case .closed:
            let error = TransportError(.shutDown, .notSent, "the transport is shut down")
            job.completion.resume(returning: .failure(error))
        }
    }

    private func close() {
        if inbox.withLockedValue({ $0.close() }) { wakeUp() }
    }

    private func wakeUp() {
        if !losesWakeUps { multi.wakeUp() }
    }
}
