// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// What all nodes of a store share of an account: its pace, what keeps it from sending, and who finds out whether it may.
///
/// A store keeps it and runs the law (``answer(_:at:)``) of one node after the other on it. Times are those of the store.
package struct AccountStanding: Hashable, Sendable {
    /// When the bucket of its rate is full again, in nanoseconds since 1970 (``Pacer/fullAt``).
    package var fullAt: Int64
    /// What keeps it from sending.
    package var condition: AccountCondition
    /// Who finds out, with one message, whether others may leave; `nil` for nobody.
    package var probe: Probe?

    package init(fullAt: Int64 = 0, condition: AccountCondition = AccountCondition(), probe: Probe? = nil) {
        (self.fullAt, self.condition, self.probe) = (fullAt, condition, probe)
    }

    /// The right of one node to find out.
    package struct Probe: Hashable, Sendable {
        /// Which node.
        package let node: String
        /// Until then it is that node's alone.
        package let until: Timestamp

        package init(node: String, until: Timestamp) { (self.node, self.until) = (node, until) }
    }

    /// How long before its time a place is taken; also how much of the rate one node takes at once, shared among all.
    package static let ahead: Duration = .milliseconds(250)

    /// What a node tells and wants.
    package struct Turn: Sendable {
        /// Which node.
        package let node: String
        /// How many nodes there are.
        package let nodes: Int
        /// The rate by configuration; `nil` for none.
        package let rate: Pacer?
        /// What it learnt: how the account is, and how it was before that; `nil` for nothing.
        package var learnt: (new: AccountCondition, old: AccountCondition)?
        /// Places that it does not use.
        package var unused: PaceSlice?
        /// Whether it does not find out any more.
        package var dropsProbe = false
        /// What it wants.
        package var wish: Wish?

        package init(of node: String, among nodes: Int, rate: Pacer?) {
            (self.node, self.nodes, self.rate) = (node, nodes, rate)
        }
    }

    /// What a node wants of an account.
    package enum Wish: Hashable, Sendable {
        /// To find out whether it may send; for how long that is its own.
        case probe(for: Duration)
        /// Places of its rate; how many.
        case places(Int)
    }

    /// What a node gets.
    package struct Grant: Hashable, Sendable {
        /// Places of the rate.
        package var places: PaceSlice?
        /// When it is worth asking again for places; `nil` where it got some, or asked for none.
        package var askAt: Timestamp?

        /// Nothing.
        package init() {}
    }

    /// Takes over what a node tells, and gives it what it may have of what it wants.
    ///
    /// - Parameters:
    ///   - turn: What it tells and wants.
    ///   - now: The time now.
    /// - Returns: What it gets.
    package mutating func answer(_ turn: Turn, at now: Timestamp) -> Grant {
        hear(turn)
        condition = condition.lasting(at: now)
        var pacer = condition.slowness.map { Pacer(Rate(1, per: $0.interval), burst: 1) } ?? turn.rate
        pacer?.fullAt = fullAt
        if let unused = turn.unused { pacer?.giveBack(unused) }
        var grant = Grant()
        switch turn.wish {
        case .probe(let span): findOut(turn.node, for: span, at: now)
        case .places(let count) where !condition.isBlocked(at: now):
            let most = pacer.map { max(1, $0.count(in: Self.ahead) / max(1, turn.nodes)) } ?? 0
            grant.places = pacer?.reserve(min(count, most), ahead: Self.ahead, at: now)
            if grant.places == nil { grant.askAt = pacer?.chance(ahead: Self.ahead, at: now) }
        case .places, nil: break
        }
        if let pacer { fullAt = pacer.fullAt }
        return grant
    }

    /// Moves all times by as much as the clock of the store was set.
    package mutating func follow(_ span: Duration) {
        fullAt += span.microseconds * 1_000
        condition = condition.moved(by: span)
        probe = probe.map { Probe(node: $0.node, until: $0.until.advanced(by: span)) }
    }

    private mutating func hear(_ turn: Turn) {
        if let (new, old) = turn.learnt {
            condition.take(new, since: old)
            // It was told that by its probe; the next one is whose turn it is then.
            let isAnswer = new.refusal != old.refusal || new.failure != old.failure
            if isAnswer, probe?.node == turn.node { probe = nil }
        }
        if turn.dropsProbe, probe?.node == turn.node { probe = nil }
        if !condition.needsProbe { probe = nil }
    }

    private mutating func findOut(_ node: String, for span: Duration, at now: Timestamp) {
        guard condition.needsProbe, condition.allowsProbe(at: now) else { return }
        guard probe.map({ $0.node == node || $0.until <= now }) ?? true else { return }
        probe = Probe(node: node, until: now.advanced(by: span))
    }
}
