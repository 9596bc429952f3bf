// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOConcurrencyHelpers

/// HTTP over libcurl's multi interface: one thread for any number of transfers.
///
/// The thread owns the multi handle; everybody else puts commands into the inbox, and wakes it when it
/// sleeps. Connections are kept alive and shared by all requests.
package final class CurlHTTPTransport: BatchTransport {
    private struct Ending {
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let multi: Multi
    private let inbox = NIOLockedValueBox(Inbox<TransferBatch>())
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

    package func begin(
        _ requests: [TransferRequest],
        in group: TransferGroup,
        ended: @escaping @Sendable ([TransferEnd]) -> Void
    ) {
        let batch = TransferBatch(requests: requests, group: group, ended: ended)
        switch inbox.withLockedValue({ $0.start(batch, count: requests.count) }) {
        case .accepted(let wakes):
            if wakes { wakeUp() }
        case .closed:
            let error = TransportError(.shutDown, .notSent, "the transport is shut down")
            ended(requests.indices.map { TransferEnd(index: $0, result: .failure(error)) })
        }
    }

    package func cancel(_ group: TransferGroup) {
        if inbox.withLockedValue({ $0.cancel(group) }) { wakeUp() }
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

    /// The number of requests that have begun and not ended.
    package var openTransfers: Int { inbox.withLockedValue(\.open) }

    private func close() {
        if inbox.withLockedValue({ $0.close() }) { wakeUp() }
    }

    private func wakeUp() {
        if !losesWakeUps { multi.wakeUp() }
    }
}

/// Requests that began together, with the one who waits for their ends.
final class TransferBatch: Sendable {
    let requests: [TransferRequest]
    let group: TransferGroup
    let ended: @Sendable ([TransferEnd]) -> Void

    init(requests: [TransferRequest], group: TransferGroup, ended: @escaping @Sendable ([TransferEnd]) -> Void) {
        self.requests = requests
        self.group = group
        self.ended = ended
    }
}
