// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import NIOConcurrencyHelpers

/// The body of the transport's one thread: nothing else touches the multi handle or a transfer.
struct TransferLoop: ~Copyable {
    /// How long a wait lasts at most, in milliseconds; what a lost wake-up costs.
    private static let longestWait: Int32 = 1_000
    /// How many easy handles are kept for the next requests.
    private static let maxIdle = 256

    private let multi: Multi
    private let sockets: SocketPoll
    private let inbox: NIOLockedValueBox<Inbox<TransferBatch>>
    private let options: TransportOptions
    private var running: [Int: Transfer] = [:]
    private var lastID = 0
    private var idle: [Transfer] = []
    /// What has ended and was not told yet, in order.
    private var ended: [(batch: TransferBatch, end: TransferEnd)] = []
    /// No transfer that waits for its connection has a time-out before this; `nil` when none waits.
    private var nextDeadline: ContinuousClock.Instant?

    init(_ multi: Multi, _ inbox: NIOLockedValueBox<Inbox<TransferBatch>>, _ options: TransportOptions) {
        self.multi = multi
        sockets = SocketPoll(multi)
        self.inbox = inbox
        self.options = options
    }

    /// Works until the inbox is closed; every transfer has its result then.
    mutating func run() {
        var works = sockets.attach()
        while take() {
            works = sockets.serveTimer() && works
            collect()
            let wait = expire()
            tell()
            // Whatever comes from now on wakes; what came before is taken first.
            let limit = inbox.withLockedValue { $0.sleep() } ? wait : 0
            works = sockets.serveSockets(waiting: limit) && works
            if !works { abortAll(.library, "libcurl's multi handle failed") }
            works = true
        }
        abortAll(.shutDown, "the transport was shut down")
        tell()
        sockets.detach()
    }

    /// Does what others want.
    ///
    /// - Returns: Whether the loop goes on.
    private mutating func take() -> Bool {
        let (commands, isClosed) = inbox.withLockedValue { $0.take() }
        for command in commands {
            switch command {
            case .start(let batch): start(batch)
            case .cancel(let group): cancel(group)
            }
        }
        return !isClosed
    }

    private mutating func start(_ batch: TransferBatch) {
        let now = ContinuousClock.now
        for index in batch.requests.indices { start(Transfer.Job(batch, index), at: now) }
    }

    private mutating func start(_ job: Transfer.Job, at now: ContinuousClock.Instant) {
        do throws(TransportError) {
            lastID += 1
            let transfer = try freeTransfer()
            try transfer.begin(lastID, job, at: now)
            running[lastID] = transfer
            nextDeadline = min(nextDeadline ?? transfer.deadline, transfer.deadline)
            let added = unsafe curl_multi_add_handle(multi.handle, transfer.easy)
            if added != CURLM_OK { abort(lastID, .library, "libcurl did not take the transfer") }
        } catch {
            ended.append((job.batch, TransferEnd(index: job.index, result: .failure(error))))
        }
    }

    private mutating func freeTransfer() throws(TransportError) -> Transfer {
        if let transfer = idle.popLast() { return transfer }
        return try Transfer(options)
    }

    private mutating func cancel(_ group: TransferGroup) {
        let ids = running.values.filter { $0.job?.batch.group === group }.map(\.id)
        for id in ids.sorted() { abort(id, .cancelled, "the request was cancelled") }
    }

    /// Ends the transfers whose time-out passed while they waited for a connection.
    ///
    /// libcurl 7.88 runs no timer for a transfer that it holds back because of the connection limits: it would
    /// wait for ever behind one that hangs. From the moment it is let through, libcurl's own time-out holds.
    ///
    /// - Returns: How long the loop may wait now, in milliseconds.
    private mutating func expire() -> Int32 {
        guard let deadline = nextDeadline else { return Self.longestWait }
        let now = ContinuousClock.now
        guard deadline <= now else { return Int32(min(Int(Self.longestWait), now.duration(to: deadline).milliseconds)) }
        let waiting = running.values.filter { $0.tries == 0 }
        for transfer in waiting where transfer.deadline <= now {
            abort(transfer.id, .timedOut, "the time-out passed before a connection was free")
        }
        nextDeadline = waiting.lazy.map(\.deadline).filter { $0 > now }.min()
        // What came free by an abort may be another's to use: at once.
        return 0
    }

    /// Takes over what libcurl has finished.
    private mutating func collect() {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi.handle, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            // The message is only valid until the next call, and removing the handle is one.
            let result = unsafe hookline_message_result(message)
            var context: UnsafeMutableRawPointer?
            let found = unsafe hookline_getinfo_pointer(message.pointee.easy_handle, CURLINFO_PRIVATE, &context)
            guard found == CURLE_OK, let transfer = unsafe Transfer.of(context) else { continue }
            finish(transfer, transfer.result(result))
        }
    }

    private mutating func abort(_ id: Int, _ code: TransportError.Code, _ reason: String) {
        guard let transfer = running[id] else { return }
        finish(transfer, transfer.aborted(code, reason))
    }

    private mutating func abortAll(_ code: TransportError.Code, _ reason: String) {
        for id in running.keys.sorted() { abort(id, code, reason) }
    }

    private mutating func finish(_ transfer: Transfer, _ result: Result<TransferResponse, TransportError>) {
        running[transfer.id] = nil
        _ = unsafe curl_multi_remove_handle(multi.handle, transfer.easy)
        if let job = transfer.end() { ended.append((job.batch, TransferEnd(index: job.index, result: result))) }
        if idle.count < Self.maxIdle { idle.append(transfer) }
    }

    /// Tells those who wait, each of all its transfers that have ended.
    private mutating func tell() {
        guard !ended.isEmpty else { return }
        var rest = ended
        ended.removeAll(keepingCapacity: true)
        inbox.withLockedValue { $0.end(rest.count) }
        while let batch = rest.first?.batch {
            batch.ended(rest.compactMap { $0.batch === batch ? $0.end : nil })
            rest.removeAll { $0.batch === batch }
        }
    }
}
