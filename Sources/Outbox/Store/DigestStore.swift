// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

/// Where events wait that share a message: digests are read from here when they are due, and given their text.
///
/// An event gets into a digest by the transaction that accepts it (`SubmissionStore`). Whoever builds needs no leases: what
/// was built of other events than the digest has by then is not taken, and of two who built the same one is told that it is
/// over.
package protocol DigestStore: Sendable {
    /// The digests that are due and have to be built, by due time, with their events.
    ///
    /// - Parameters:
    ///   - now: The time now.
    ///   - limit: The most digests; fewer where they have many events.
    /// - Returns: The digests, and when the next one is due.
    /// - Throws: `StoreError` when the store cannot be read.
    func dueDigests(at now: Timestamp, limit: Int) async throws(StoreError) -> DueDigests

    /// Takes what was built of digests: closes them, writes their texts and queues them, all in one transaction.
    ///
    /// In it, each meets its gates: one that a gate holds waits on and stays open, and its text is thrown away.
    ///
    /// - Parameters:
    ///   - closings: What was built.
    ///   - now: The time now.
    /// - Returns: For each, in order, what became of it.
    /// - Throws: `StoreError`; nothing was closed then.
    func close(_ closings: [DigestClosing], at now: Timestamp) async throws(StoreError) -> [DigestResult]

    /// How many digests are open.
    ///
    /// - Returns: The count.
    /// - Throws: `StoreError` when the store cannot be read.
    func openDigests() async throws(StoreError) -> Int

    /// A stream that gets an element after each commit that gave a digest a due time; as `WorkStore.wakeUps()`.
    func digestCalls() -> AsyncStream<Void>
}

/// Digests that are due.
package struct DueDigests: Sendable {
    /// What is to be built, by due time.
    package let orders: [DigestOrder]
    /// When the next one is due, which may be past; `nil` when none waits.
    package let next: Timestamp?

    package init(orders: [DigestOrder], next: Timestamp?) {
        self.orders = orders
        self.next = next
    }
}

/// What was built of a digest.
package struct DigestClosing: Hashable, Sendable {
    /// The message.
    package let message: MessageID
    /// Of which events: ``Messages/DigestOrder/version``.
    package let version: Int
    /// What was built.
    package let content: DigestContent

    package init(_ order: DigestOrder, _ content: DigestContent) {
        message = order.message
        version = order.version
        self.content = content
    }
}

/// What became of a digest that was built.
package enum DigestResult: Hashable, Sendable {
    /// It stands in this state now: `queued` with its text, or as its gates and the law say.
    case became(MessageState)
    /// Its events have changed since: it is to be built anew.
    case changed
    /// It is not to be built any more.
    case over
}
