// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox
import PartnerAPI

// What an account tells other nodes, and hears of them.

extension AccountThrottle {
    /// What keeps it from sending, as far as it is true of all nodes; times on the steady line.
    var condition: AccountCondition {
        var condition = AccountCondition()
        condition.notBefore = notBefore
        condition.refusal = pause.refusal
        condition.failure = circuit.failure
        condition.slowness = slowdown.slowness
        (condition.stops, condition.templates) = (holds.stops, holds.templates)
        condition.resumedAt = holds.resumedAt
        condition.failures = circuit.isClosed ? circuit.failures : 0
        (condition.uncertain, condition.brakedSince) = (brake.recent, brake.since)
        return condition
    }

    /// What this node has to tell or to ask; `nil` for nothing.
    ///
    /// - Parameters:
    ///   - context: Who it is, and what time it is.
    ///   - looks: Whether it is worth a look how an account stands that does not send.
    ///   - polls: Whether it is worth a look which of its templates wait: whoever claims hears of that.
    /// - Returns: What the store is told and asked.
    func turn(_ context: ShareContext, looks: Bool, polls: Bool) -> AccountStanding.Turn? {
        guard let shared else { return nil }
        let (condition, now) = (condition, context.steady)
        var turn = AccountStanding.Turn(of: context.node, among: context.nodes, rate: limits.rate.map { Pacer($0) })
        if condition != shared.known, shared.tellAt.map({ $0 <= now }) ?? true {
            turn.learnt = (context.stored(condition), context.stored(shared.known))
        }
        turn.wish = context.wishes ? wish(at: now, lease: context.lease) : nil
        // Of what waits for a person a node hears too that has nothing to send: some of it may be its own to let go on.
        let isHeld =
            condition.isBlocked(at: now) || !condition.stops.isEmpty || condition.brakedSince != nil
        let isCurious = looks && isHeld || polls && !condition.templates.isEmpty
        return turn.learnt != nil || turn.wish != nil || isCurious ? turn : nil
    }

    /// The same where it wants to hear how the account stands, whether it has anything to say or not.
    func hearing(_ context: ShareContext) -> AccountStanding.Turn? {
        guard shared != nil else { return nil }
        return turn(context, looks: false, polls: false)
            ?? AccountStanding.Turn(of: context.node, among: context.nodes, rate: limits.rate.map { Pacer($0) })
    }

    /// Whether others do not know all yet that this node learnt.
    var owesNews: Bool { shared.map { $0.known != condition } ?? false }

    /// What this node gives back: places, and the right to find out where it ends; `nil` for nothing.
    mutating func returning(_ context: ShareContext, ends: Bool) -> AccountStanding.Turn? {
        var unused: PaceSlice?
        share { unused = $0.takeUnused(at: context.steady, all: ends) }
        let dropsProbe = ends && shared?.mayProbe(at: context.steady) == true && inFlight == 0
        guard unused != nil || dropsProbe else { return nil }
        var turn = AccountStanding.Turn(of: context.node, among: context.nodes, rate: limits.rate.map { Pacer($0) })
        (turn.unused, turn.dropsProbe) = (unused, dropsProbe)
        return turn
    }

    /// Hears how the account stands for all nodes, and what this one got.
    ///
    /// - Parameters:
    ///   - standing: How it stands.
    ///   - grant: What this node got; `nil` where it did not ask.
    ///   - isTold: Whether that says all that this node learnt.
    ///   - context: Who it is, and what time it is.
    /// - Returns: What changed for this node; what it learnt itself is not among it.
    mutating func heard(
        _ standing: AccountStanding,
        _ grant: AccountStanding.Grant?,
        isTold: Bool,
        _ context: ShareContext
    ) -> Heard {
        let (before, told) = (condition, standing.condition.moved(by: context.lead))
        var after = told
        if !isTold, let known = shared?.known { after.take(before, since: known) }
        adopt(after)
        share { $0.heard(standing, grant, told, context) }
        return Heard(from: before, to: after, at: context.steady)
    }

    /// What others than an attempt did to an account.
    struct Heard {
        /// What changed, but for parts that stopped, of which there may be several.
        let change: Change
        /// The parts that stopped, each with why.
        let stopped: [(part: MetaCode.Part, reason: String)]
        /// The parts that go on.
        let resumed: [MetaCode.Part]
        /// The templates that go on before their time.
        let templates: [String]
        /// What a time may be earlier than it was because clocks differ.
        private static let skew: Duration = .seconds(60)

        fileprivate init(from before: AccountCondition, to after: AccountCondition, at now: Timestamp) {
            change = Change(from: before, to: after)
            stopped = MetaCode.Part.allCases.compactMap { part in
                guard before.stops[part] == nil, let stop = after.stops[part] else { return nil }
                return (part, stop.reason)
            }
            resumed = MetaCode.Part.allCases.filter { before.stops[$0] != nil && after.stops[$0] == nil }
            let waited = before.templates.filter { name, wait in
                let until = after.templates[name]?.until ?? now
                return wait.until > now && until.advanced(by: Self.skew) < wait.until
            }
            templates = waited.keys.sorted()
        }
    }

    /// Whether a message that was claimed must not leave by what other nodes told meanwhile.
    func mustRest(at now: Timestamp) -> Bool {
        guard let shared else { return false }
        let condition = condition
        guard condition.isBlocked(at: now) else { return false }
        return !(condition.needsProbe && condition.allowsProbe(at: now) && shared.mayProbe(at: now))
    }
}

extension AccountThrottle.Change {
    fileprivate init(from before: AccountCondition, to after: AccountCondition) {
        if (before.refusal == nil) != (after.refusal == nil) { pause = after.refusal == nil ? .resumed : .paused }
        if (before.failure == nil) != (after.failure == nil) { circuit = after.failure == nil ? .closed : .opened }
        if (before.slowness == nil) != (after.slowness == nil) { isSlowed = after.slowness != nil }
        if (before.brakedSince == nil) != (after.brakedSince == nil) {
            brake = after.brakedSince == nil ? .released : .engaged
        }
    }
}
