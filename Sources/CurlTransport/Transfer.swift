// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CCurl

/// An easy handle with the state of the transfer that uses it now.
///
/// It lives on the transport's thread; libcurl's callbacks get an unretained pointer to it and run there, inside
/// `curl_multi_socket_action`, while the loop holds the object.
@safe final class Transfer {
    /// A request with those that began together with it, and its place among them.
    struct Job: Sendable {
        let batch: TransferBatch
        let index: Int
        let request: TransferRequest

        init(_ batch: TransferBatch, _ index: Int) {
            self.batch = batch
            self.index = index
            request = batch.requests[index]
        }
    }

    /// What the handle's options say since the last request; `nil` where nobody knows.
    struct Setting {
        let method: TransferRequest.Method
        let url: String
        let headers: HeaderList
        let timeout: Duration
        let refusesPrivateAddresses: Bool
    }

    /// The most bytes of an answer's head, all lines together.
    static let maxHeadBytes = 64 << 10

    let easy: UnsafeMutableRawPointer
    let errorBuffer: UnsafeMutablePointer<CChar>
    /// See ``TransportOptions/openAddresses``.
    let openAddresses: Set<IPAddress>
    let hasProxy: Bool
    private(set) var id = 0
    private(set) var job: Job?
    /// When the time-out of the current job passes.
    private(set) var deadline = ContinuousClock.now

    /// How often libcurl was about to send the request.
    var tries = 0
    /// Whether an earlier try may have reached the server whole, so that there must be no other.
    var mayHaveArrived = false
    /// Whether the answer went over a limit.
    var isTooLarge = false
    /// Whether the host is at an address that the request must not reach.
    var wasAddressRefused = false
    /// Whether the host has another address too, which the request was let to.
    var wasAddressAllowed = false
    /// The lines of the final answer's head, as they came.
    var head: [UInt8] = []
    /// How many bytes of heads came, those of interim answers included.
    var headBytes = 0
    var body: [UInt8] = []
    /// libcurl keeps options from one transfer to the next: only what differs is set.
    var setting: Setting?

    init(_ options: TransportOptions) throws(TransportError) {
        openAddresses = options.openAddresses
        hasProxy = options.proxy != nil
        guard let easy = unsafe curl_easy_init() else {
            throw TransportError(.library, .notSent, "libcurl has no memory for another transfer")
        }
        unsafe self.easy = easy
        unsafe errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try setFixedOptions(options)
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe errorBuffer.deallocate()
    }

    /// Takes a job; the handle's fixed options stay, its connection is any of the multi handle's.
    func begin(_ id: Int, _ job: Job, at now: ContinuousClock.Instant) throws(TransportError) {
        self.id = id
        self.job = job
        deadline = now.advanced(by: job.request.timeout)
        (tries, headBytes) = (0, 0)
        (mayHaveArrived, isTooLarge) = (false, false)
        (wasAddressRefused, wasAddressAllowed) = (false, false)
        (head, body) = ([], [])
        unsafe errorBuffer.pointee = 0
        try setOptions(of: job.request)
    }

    /// Lets the job go; the transfer is free for another one then.
    func end() -> Job? {
        defer { job = nil }
        (head, body) = ([], [])
        return job
    }

    /// The bytes to send.
    var upload: [UInt8] { job?.request.body ?? [] }

    /// The limit of the answer's body.
    var maxBodyBytes: Int { job?.request.maxResponseBytes ?? 0 }
}
