// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox

/// When the store has to be asked for messages: pure, time is a parameter.
///
/// Where the last exchange found nothing more to claim, its room stands with the store: what is stored from then on rides
/// along, or somebody rings. So nothing is asked again before the next due time, but for the poll, by which a ring that got
/// lost heals.
struct ClaimWatch {
    private let poll: Duration
    /// The accounts that could take more than was due.
    private var standing: Set<String> = []
    /// When the next message of theirs is due, in wall time.
    private var nextDue: Timestamp?
    /// When to ask in any case, on the steady line; `nil` for at once.
    private var deadline: Timestamp?

    init(poll: Duration) {
        self.poll = poll
    }

    /// Whether room stands with the store.
    var isStanding: Bool { !standing.isEmpty }

    /// Whether something may be due for these quotas.
    func asks(for quotas: [ClaimQuota], now: Timestamp, steady: Timestamp) -> Bool {
        guard !quotas.isEmpty else { return false }
        guard let deadline, steady < deadline else { return true }
        return nextDue.map { $0 <= now } ?? false || !covers(quotas.map(\.account))
    }

    /// Whether the room of all these accounts stands.
    func covers(_ accounts: [String]) -> Bool { standing.isSuperset(of: accounts) }

    /// Notes what an exchange found.
    mutating func exchanged(_ quotas: [ClaimQuota], _ exchange: Exchange, steady: Timestamp) {
        let claimed = Dictionary(exchange.claimed.map { ($0.account, 1) }, uniquingKeysWith: +)
        standing = Set(quotas.filter { claimed[$0.account, default: 0] < $0.limit }.map(\.account))
        nextDue = exchange.nextDue
        deadline = steady.advanced(by: poll)
    }

    /// Something may have become due: the next quotas are asked for at once.
    mutating func rang() {
        deadline = nil
    }

    /// When to ask next, on the steady line.
    func next(now: Timestamp, steady: Timestamp) -> Timestamp {
        let due = nextDue.map { steady.advanced(by: now.duration(to: $0)) }
        return [deadline ?? steady, due].compactMap(\.self).min() ?? steady
    }
}
