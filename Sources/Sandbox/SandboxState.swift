// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
internal import Events
internal import OrderedCollections
internal import PartnerAPI

/// What the sandbox remembers: its customers, the accepted messages, and how many requests got which answer.
package actor SandboxState {
    var registry: Registry { didSet { changed() } }
    var plan: FaultPlan
    private var limit: RateLimit?
    private var random: any RandomNumberGenerator & Sendable
    private let capacity: Int

    private var messages: Deque<ReceivedMessage> = []
    private var accepted = 0
    private var sequence = 0
    private var answers: [Int: Int] = [:]
    private var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    private var nextWatcher = 0
    /// Another one for each start and each clearing, so that an open page notices both.
    private var generation = UInt32.random(in: 0...UInt32.max)

    init(_ settings: SandboxSettings, snapshot: SandboxSnapshot) {
        registry = snapshot.registry
        plan = FaultPlan(settings.faults.all)
        limit = settings.rateLimit
        random = settings.random
        capacity = settings.maxMessages
        messages = Deque(snapshot.messages.suffix(settings.maxMessages))
        accepted = messages.count
        sequence = messages.last?.sequence ?? 0
    }

    /// The messages that are still kept, oldest first.
    package var received: [ReceivedMessage] { Array(messages) }

    /// The messages since one of them.
    ///
    /// - Parameter sequence: That one's ``ReceivedMessage/sequence``; 0 for all that are kept.
    /// - Returns: The later ones, the oldest first.
    package func received(after sequence: Int) -> [ReceivedMessage] {
        messages.reversed().prefix { $0.sequence > sequence }.reversed()
    }

    /// How many messages were accepted since the start or the last clearing.
    package var acceptedCount: Int { accepted }

    /// How many requests got each HTTP status; a request that was never answered counts as 0.
    package var answerCounts: [Int: Int] { answers }

    /// Waits until that many messages were accepted.
    ///
    /// - Parameter count: How many in all, since the start or the last clearing.
    /// - Returns: The messages that are kept by then, oldest first; fewer when the waiting task is cancelled.
    package func received(atLeast count: Int) async -> [ReceivedMessage] {
        guard accepted < count else { return received }
        for await _ in changes() where accepted >= count { break }
        return received
    }

    /// Forgets every message and count; workspaces, keys and faults stay.
    package func clear() {
        messages.removeAll()
        accepted = 0
        answers = [:]
        generation &+= 1
        changed()
    }

    // MARK: Requests

    func fate(to phone: String?) -> FaultPlan.Fate {
        plan.next(to: phone, using: &random)
    }

    func setFaults(_ faults: [SandboxFault]) {
        plan = FaultPlan(faults)
    }

    func count(status: Int) {
        answers[status, default: 0] += 1
    }

    /// Counts a request against the rate limit; the time to wait comes back when there are too many.
    func take(at now: Timestamp) -> Duration? {
        limit?.take(at: now)
    }

    /// Changes workspaces, keys and uploads in one step.
    func update<Value: Sendable>(
        _ body: @Sendable (inout Registry) throws(PartnerError) -> Value
    ) throws(PartnerError) -> Value {
        try body(&registry)
    }

    /// Checks a request against the workspace as it is now, and accepts it.
    ///
    /// - Throws: `PartnerError` for the first reason why the partner would refuse it.
    func accept(_ request: MessageRequest, workspaceID: String, at time: Timestamp) throws(PartnerError)
        -> ReceivedMessage
    {
        let workspace = try registry.workspace(workspaceID)
        let recipient = try workspace.number(of: request.recipient)
        let sender = try workspace.sendingNumber(request.phoneNumberID)
        if let problem = workspace.catalogue.check(request).first {
            throw PartnerError(problem)
        }
        try registry.requireMedia(of: request, in: workspace)
        let message = ReceivedMessage(
            id: SortableID.make("wamid.", at: time),
            time: time,
            request: request,
            rendering: workspace.catalogue.render(request),
            cloud: CloudMessage(request: request, recipient: recipient, catalogue: workspace.catalogue).json,
            workspaceID: workspace.id,
            recipient: recipient,
            recipientName: workspace.contacts.values.first { $0.phone == recipient }?.name,
            sender: sender.phone,
            sequence: sequence + 1
        )
        keep(message)
        return message
    }

    private func keep(_ message: ReceivedMessage) {
        sequence += 1
        messages.append(message)
        if messages.count > capacity { messages.removeFirst() }
        accepted += 1
        changed()
    }

    // MARK: Watching

    /// Everything that a later run needs.
    var snapshot: SandboxSnapshot { SandboxSnapshot(registry: registry, messages: Array(messages)) }

    /// Where the messages stand: what a page that shows all of them has seen.
    var position: LivePosition { LivePosition(generation: generation, sequence: sequence) }

    /// The messages after a position; `nil` when the position is of another run or of before a clearing.
    func messages(after position: LivePosition) -> [ReceivedMessage]? {
        guard position.generation == generation, position.sequence <= sequence else { return nil }
        return received(after: position.sequence)
    }

    /// Ticks at once and after every change; changes that come faster than they are looked at tick once.
    func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = nextWatcher
        nextWatcher += 1
        watchers[id] = continuation
        continuation.onTermination = { [weak self] _ in
            // The stream ends wherever its reader is; only the actor may touch the table.
            Task { await self?.forget(watcher: id) }
        }
        continuation.yield()
        return stream
    }

    private func forget(watcher id: Int) {
        watchers[id] = nil
    }

    private func changed() {
        for watcher in watchers.values { watcher.yield() }
    }
}
