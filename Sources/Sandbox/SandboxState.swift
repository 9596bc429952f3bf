// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
package import Events
package import PartnerAPI

/// One message that the sandbox accepted.
package struct ReceivedMessage: Hashable, Sendable {
    /// The id that the answer named.
    package let id: String
    /// When it was accepted.
    package let time: Timestamp
    /// What was asked for.
    package let request: MessageRequest
    /// What the customer would read; `nil` for content that the sandbox cannot show.
    package let rendering: RenderedMessage?
}

/// What the sandbox remembers: the accepted messages, and how many requests got which answer.
package actor SandboxState {
    private var messages: Deque<ReceivedMessage> = []
    private var accepted = 0
    private var answers: [Int: Int] = [:]
    private var waiting: [(count: Int, continuation: CheckedContinuation<[ReceivedMessage], Never>)] = []
    private var random: any RandomNumberGenerator & Sendable
    private let capacity: Int

    init(capacity: Int, random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        self.capacity = capacity
        self.random = random
    }

    /// The messages that are still kept, oldest first.
    package var received: [ReceivedMessage] { Array(messages) }

    /// How many messages were accepted since the start or the last clearing.
    package var acceptedCount: Int { accepted }

    /// How many requests got each HTTP status; a request that was never answered counts as 0.
    package var answerCounts: [Int: Int] { answers }

    /// Waits until that many messages were accepted.
    ///
    /// - Parameter count: How many in all, since the start or the last clearing.
    /// - Returns: The messages that are kept by then, oldest first.
    package func received(atLeast count: Int) async -> [ReceivedMessage] {
        guard accepted < count else { return received }
        return await withCheckedContinuation { waiting.append((count, $0)) }
    }

    /// Forgets every message and count.
    package func clear() {
        messages.removeAll()
        accepted = 0
        answers = [:]
    }

    func fate(_ faults: SandboxFaults) -> SandboxFate {
        faults.fate(using: &random)
    }

    func count(status: Int) {
        answers[status, default: 0] += 1
    }

    func accept(_ request: MessageRequest, rendering: RenderedMessage?, at time: Timestamp) -> ReceivedMessage {
        let message = ReceivedMessage(
            id: "wamid." + SortableID.make(at: time),
            time: time,
            request: request,
            rendering: rendering
        )
        messages.append(message)
        if messages.count > capacity { messages.removeFirst() }
        accepted += 1
        for ready in waiting where ready.count <= accepted { ready.continuation.resume(returning: received) }
        waiting.removeAll { $0.count <= accepted }
        return message
    }
}
