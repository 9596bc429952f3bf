// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox

/// Who a node is when it talks with others about accounts, and what time it is then.
struct ShareContext {
    /// Its name.
    let node: String
    /// How many nodes live.
    let nodes: Int
    /// How long a right to find out lasts.
    let lease: Duration
    /// How far the steady line is ahead of the store's time.
    let lead: Duration
    /// The time now on the steady line.
    let steady: Timestamp
    /// Whether anything is wanted, and not only told.
    var wishes = false

    /// What an account's condition is in the store's time.
    func stored(_ condition: AccountCondition) -> AccountCondition { condition.moved(by: .zero - lead) }
}

/// What one of several nodes holds of an account that all of them share: places of its rate that it took ahead, and whether it
/// is the one that finds out whether the account may send.
///
/// Pure; time is a parameter, on the steady line, but for places, which stay in the store's time.
struct SharedPace {
    /// Places that are not used yet.
    private var places: PaceSlice?
    /// How far the steady line is ahead of the store's time.
    private var lead: Duration = .zero
    /// So many are asked for the next time: as many again as were used, where all were; else one.
    private(set) var want = 1
    /// Before that nothing is asked again.
    private(set) var askAt: Timestamp?
    /// Before that nothing is told again.
    private(set) var tellAt: Timestamp?
    /// Until then this node may find out.
    private(set) var probeUntil: Timestamp?
    /// Until then another one does.
    private(set) var othersProbeUntil: Timestamp?
    /// How many nodes live.
    var nodes = 1
    /// How the account stands as far as the others know it from this node.
    private(set) var known = AccountCondition()

    /// No more than that is wanted at once, whatever the rate.
    private static let most = 1_024
    /// How long a node waits with its next question where its turn was not heard.
    static let pause: Duration = .milliseconds(50)
    /// Places that last no longer than that are not worth giving back: by then the bucket is as full without.
    private static let worth: Duration = .milliseconds(250)

    /// How many places may be used now.
    func available(at now: Timestamp) -> Int { left(at: now).map { $0.available(at: stored(now)) } ?? 0 }

    /// Whether there are no places any more.
    func isEmpty(at now: Timestamp) -> Bool { left(at: now).map { $0.count == 0 } ?? true }

    private func left(at now: Timestamp) -> PaceSlice? {
        var left = places
        left?.forget(at: stored(now))
        return left
    }

    /// Whether something may be asked again.
    func mayAsk(at now: Timestamp) -> Bool { askAt.map { $0 <= now } ?? true }

    /// Whether this node may find out whether the account may send.
    func mayProbe(at now: Timestamp) -> Bool { probeUntil.map { $0 > now } ?? false }

    /// Whether another node does.
    func othersProbe(at now: Timestamp) -> Bool { othersProbeUntil.map { $0 > now } ?? false }

    /// When there is something to do about places: some may be used, or asked for.
    func nextRefill(after now: Timestamp) -> Timestamp {
        guard let places = left(at: now), places.count > 0 else { return askAt ?? now }
        return places.nextRefill.advanced(by: lead)
    }

    /// Lets places go whose time is over.
    mutating func forget(at now: Timestamp) {
        let time = stored(now)
        places?.forget(at: time)
    }

    /// Notes that messages leave.
    mutating func take(_ count: Int) { places?.take(count) }

    /// Notes that a message does not leave after all.
    mutating func giveBack() { places?.giveBack() }

    /// Notes how many messages a claim brought, of how many that it was for.
    mutating func claimed(_ count: Int, of limit: Int) {
        want = count < limit ? 1 : min(max(want, limit) * 2, Self.most)
    }

    /// Takes the places out that nobody uses here.
    ///
    /// - Parameters:
    ///   - now: The time now.
    ///   - all: Whether also those go back that others would hardly miss.
    /// - Returns: The places; `nil` for none.
    mutating func takeUnused(at now: Timestamp, all: Bool) -> PaceSlice? {
        forget(at: now)
        guard let unused = places, unused.count > 0 else { return nil }
        guard all || unused.lasts > stored(now).advanced(by: Self.worth) else { return nil }
        places = nil
        return unused
    }

    /// Notes that this node's turn was not heard.
    mutating func wasNotHeard(at now: Timestamp) {
        tellAt = now.advanced(by: Self.pause)
        askAt = max(askAt ?? now, now.advanced(by: Self.pause))
    }

    /// Notes how the account stands, and what this node got.
    ///
    /// - Parameters:
    ///   - standing: How it stands, as the store has it.
    ///   - grant: What it got; `nil` where it did not ask.
    ///   - condition: How the others know it, on the steady line.
    ///   - context: Who this node is, and what time it is.
    mutating func heard(
        _ standing: AccountStanding,
        _ grant: AccountStanding.Grant?,
        _ condition: AccountCondition,
        _ context: ShareContext
    ) {
        let lead = context.lead
        known = condition
        let until = standing.probe?.until.advanced(by: lead)
        (probeUntil, othersProbeUntil) = standing.probe?.node == context.node ? (until, nil) : (nil, until)
        tellAt = nil
        guard let grant else { return }
        askAt = grant.askAt?.advanced(by: lead)
        guard let places = grant.places else { return }
        (self.places, self.lead) = (places, lead)
    }

    private func stored(_ steady: Timestamp) -> Timestamp { steady.advanced(by: .zero - lead) }
}
