// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages

/// How many people a business portfolio may begin to write to in a day.
package struct PortfolioLimit: Hashable, Sendable {
    /// Its name in the configuration.
    package let name: String
    /// So many different recipients in 24 hours.
    package let recipients: Int
    /// The accounts whose numbers belong to it.
    package let accounts: [String]

    package init(name: String, recipients: Int, accounts: [String]) {
        self.name = name
        self.recipients = recipients
        self.accounts = accounts
    }
}

/// Counts the different recipients of a portfolio's templates in a moving day, and lets new ones wait when they are used
/// up; who is among them already goes on.
///
/// What is on its way counts as if it arrived, and is given back when it certainly did not. Whoever waits gets the instant
/// at which one of those that count leaves the day: each an instant of its own. Pure; time is a parameter, on the steady
/// line.
struct PortfolioBudget {
    /// How long a recipient counts.
    static let window: Duration = .seconds(86_400)
    /// At which shares of the limit an operator is warned, in percent.
    static let warnings = [70, 90]
    private static let slack: Duration = .milliseconds(50)

    let limit: PortfolioLimit
    /// Until when each recipient counts, by its hash.
    private var until: [Int: Timestamp] = [:]
    /// The same in order of time; what was renewed or given back stands in it in vain.
    private var queue: [(until: Timestamp, recipient: Int)] = []
    private var head = 0
    /// From where in the queue on instants were not given away yet.
    private var next = 0
    /// What a request on its way will be to its recipient if it does not arrive: as it was before.
    private var onTheWay: [MessageID: (recipient: Int, before: Timestamp?, until: Timestamp)] = [:]
    /// Who waits, and for when.
    private var waiting: [MessageID: Timestamp] = [:]
    private var warned = 0

    init(_ limit: PortfolioLimit) {
        self.limit = limit
    }

    /// How many recipients count now.
    var used: Int { until.count }

    /// When a message may leave; `nil` for at once.
    mutating func turn(of message: MessageID, to recipient: Int, at now: Timestamp) -> Timestamp? {
        forget(at: now)
        guard until[recipient] == nil else { return nil }
        let isWaiting = waiting[message] != nil
        let room = limit.recipients - until.count - (isWaiting ? 0 : waiting.count)
        if room > 0 || limit.recipients <= 0 { return nil }
        if isWaiting, let place = waiting[message], place > now.advanced(by: Self.slack) { return place }
        let place = nextPlace() ?? now.advanced(by: Self.window)
        waiting[message] = place
        return place
    }

    /// Notes that a message leaves.
    mutating func left(_ message: MessageID, to recipient: Int, at now: Timestamp) {
        let end = now.advanced(by: Self.window)
        onTheWay[message] = (recipient, until[recipient], end)
        waiting[message] = nil
        count(recipient, until: end)
    }

    /// Notes how a message's request ended; one that certainly did not arrive is given back.
    mutating func ended(_ message: MessageID, mayHaveArrived: Bool) {
        guard let (recipient, before, end) = onTheWay.removeValue(forKey: message) else { return }
        guard !mayHaveArrived, until[recipient] == end else { return }
        until[recipient] = before
        // Its old place in the queue is still there.
    }

    /// Takes over a departure of an earlier run; in order of time.
    mutating func remember(_ recipient: Int, at time: Timestamp) {
        count(recipient, until: time.advanced(by: Self.window))
    }

    /// The share of the limit, in percent, that was passed since this was asked last, for a warning; `nil` for none.
    mutating func warning() -> Int? {
        guard limit.recipients > 0 else { return nil }
        let passed = Self.warnings.last { until.count * 100 >= limit.recipients * $0 } ?? 0
        defer { warned = passed }
        return passed > warned ? passed : nil
    }

    private mutating func count(_ recipient: Int, until end: Timestamp) {
        until[recipient] = end
        queue.append((end, recipient))
        if queue.count > 2 * until.count + 1_024 { tidy() }
    }

    /// What is left of a queue that has many entries in vain.
    private mutating func tidy() {
        let given = next < queue.count ? queue[next].until : nil
        queue = queue[head...].filter { until[$0.recipient] == $0.until }
        head = 0
        next = given.flatMap { time in queue.firstIndex { $0.until >= time } } ?? queue.count
    }

    private mutating func forget(at now: Timestamp) {
        while head < queue.count, queue[head].until <= now {
            if until[queue[head].recipient] == queue[head].until { until[queue[head].recipient] = nil }
            head += 1
        }
        next = max(next, head)
        guard waiting.count > 1_000 else { return }
        // Who did not come at its instant was called off, or is held by something else.
        let old = now.advanced(by: .seconds(-3_600))
        waiting = waiting.filter { $0.value > old }
    }

    /// The next instant at which somebody leaves the day and that nobody waits for.
    private mutating func nextPlace() -> Timestamp? {
        while next < queue.count {
            defer { next += 1 }
            if until[queue[next].recipient] == queue[next].until { return queue[next].until }
        }
        return nil
    }
}
