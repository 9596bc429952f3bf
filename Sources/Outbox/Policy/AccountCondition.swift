// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import PartnerAPI

/// What keeps an account from sending as it would, as far as it is true wherever it is sent from: what the partner said of
/// it, and what waits for a person.
///
/// Each node learns some of it from the answers that it gets, and tells the others (``AccountStanding``). Times are on one
/// line, the steady one of a process or the wall time of the store.
package struct AccountCondition: Hashable, Sendable {
    /// Until then the partner asked for peace.
    package var notBefore: Timestamp?
    /// The pause that refused credentials began; `nil` while they are taken.
    package var refusal: Refusal?
    /// The circuit that failures opened; `nil` while it is closed.
    package var failure: Failure?
    /// The pace after a throttle; `nil` for the usual one.
    package var slowness: Slowness?
    /// What waits for a person.
    package var stops: [MetaCode.Part: Stop] = [:]
    /// When a person let everything go on last.
    package var resumedAt: Timestamp?
    /// Templates that the partner paused, by their names.
    package var templates: [String: Wait] = [:]
    /// Failures of the partner in a row that opened no circuit yet.
    package var failures = 0
    /// How many answers left it open whether a message was taken, by when they came, to the second.
    package var uncertain: [Timestamp: Int] = [:]
    /// Since when what is uncertain waits for a person; `nil` while it does not.
    package var brakedSince: Timestamp?

    /// How long an uncertain answer counts.
    package static let memory: Duration = .seconds(60)

    /// An account that sends.
    package init() {}

    /// Refused credentials.
    package struct Refusal: Hashable, Sendable {
        /// When they were refused first.
        package var since: Timestamp
        /// What the partner said.
        package var reason: String
        /// When the next message may ask whether they are taken.
        package var nextProbe: Timestamp

        package init(since: Timestamp, reason: String, nextProbe: Timestamp) {
            (self.since, self.reason, self.nextProbe) = (since, reason, nextProbe)
        }
    }

    /// A partner that fails.
    package struct Failure: Hashable, Sendable {
        /// Since when.
        package var since: Timestamp
        /// How it failed last.
        package var reason: String
        /// When the next message may ask whether it is back.
        package var nextProbe: Timestamp
        /// How long the wait for that is.
        package var pause: Duration

        package init(since: Timestamp, reason: String, nextProbe: Timestamp, pause: Duration) {
            (self.since, self.reason, self.nextProbe, self.pause) = (since, reason, nextProbe, pause)
        }
    }

    /// A pace that is slower than usual.
    package struct Slowness: Hashable, Sendable {
        /// The time between two messages.
        package var interval: Duration
        /// The same as it was before anything was throttled.
        package var usual: Duration
        /// Since when this pace holds.
        package var since: Timestamp

        package init(interval: Duration, usual: Duration, since: Timestamp) {
            (self.interval, self.usual, self.since) = (interval, usual, since)
        }
    }

    /// A part of the account that waits for a person.
    package struct Stop: Hashable, Sendable {
        package var since: Timestamp
        /// What the partner said.
        package let reason: String

        package init(since: Timestamp, reason: String) {
            (self.since, self.reason) = (since, reason)
        }
    }

    /// Something that has to wait for a time.
    package struct Wait: Hashable, Sendable {
        /// How often in a row the partner said so, from 0.
        package var level = 0
        /// When it said so last.
        package var struckAt: Timestamp
        /// Until when it waits.
        package var until: Timestamp
        /// What the partner said.
        package var words: String

        package init(level: Int = 0, struckAt: Timestamp, until: Timestamp, words: String) {
            (self.level, self.struckAt, self.until, self.words) = (level, struckAt, until, words)
        }
    }

    /// The same with all times moved, onto another line.
    package func moved(by span: Duration) -> AccountCondition {
        var moved = self
        moved.notBefore = notBefore?.advanced(by: span)
        if let refusal {
            let (since, probe) = (refusal.since.advanced(by: span), refusal.nextProbe.advanced(by: span))
            moved.refusal = Refusal(since: since, reason: refusal.reason, nextProbe: probe)
        }
        if let failure {
            let (since, probe) = (failure.since.advanced(by: span), failure.nextProbe.advanced(by: span))
            moved.failure = Failure(since: since, reason: failure.reason, nextProbe: probe, pause: failure.pause)
        }
        if let slowness { moved.slowness?.since = slowness.since.advanced(by: span) }
        moved.stops = stops.mapValues { Stop(since: $0.since.advanced(by: span), reason: $0.reason) }
        moved.resumedAt = resumedAt?.advanced(by: span)
        moved.templates = templates.mapValues { wait in
            let (struckAt, until) = (wait.struckAt.advanced(by: span), wait.until.advanced(by: span))
            return Wait(level: wait.level, struckAt: struckAt, until: until, words: wait.words)
        }
        moved.uncertain = Dictionary(uncertain.map { ($0.key.advanced(by: span), $0.value) }, uniquingKeysWith: +)
        moved.brakedSince = brakedSince?.advanced(by: span)
        return moved
    }

    /// The same without a rest that is over, and without answers that count no more.
    package func lasting(at now: Timestamp) -> AccountCondition {
        var lasting = self
        if let notBefore, notBefore <= now { lasting.notBefore = nil }
        lasting.uncertain = uncertain.filter { $0.key.advanced(by: Self.memory) > now }
        return lasting
    }

    /// The same without what is only counted: what nobody has to be called for.
    package var withoutCounts: AccountCondition {
        var rest = self
        (rest.failures, rest.uncertain) = (0, [:])
        return rest
    }

    /// Takes over what somebody learnt; what others told meanwhile stays, where that is not about the same.
    ///
    /// - Parameters:
    ///   - new: How it is by what was learnt.
    ///   - old: How it was before that.
    package mutating func take(_ new: AccountCondition, since old: AccountCondition) {
        if new.notBefore != old.notBefore { notBefore = [notBefore, new.notBefore].compactMap(\.self).max() }
        if new.refusal != old.refusal { refusal = new.refusal }
        if new.failure != old.failure { failure = new.failure }
        if new.slowness != old.slowness { slowness = new.slowness }
        for part in MetaCode.Part.allCases where new.stops[part] != old.stops[part] { stops[part] = new.stops[part] }
        if new.resumedAt != old.resumedAt { resumedAt = [resumedAt, new.resumedAt].compactMap(\.self).max() }
        // A person lets go on what had stopped until then, whether the node that was told so had heard of it or not.
        if let resumedAt { stops = stops.filter { $0.value.since > resumedAt } }
        for name in Set(new.templates.keys).union(old.templates.keys) where new.templates[name] != old.templates[name] {
            templates[name] = new.templates[name]
        }
        count(new, since: old)
    }

    /// Adds what somebody counted; an answer in between has failures begin anew, and a circuit that closes forgets what was
    /// uncertain.
    private mutating func count(_ new: AccountCondition, since old: AccountCondition) {
        failures = new.failures < old.failures ? new.failures : failures + new.failures - old.failures
        if new.failure == nil, old.failure != nil { uncertain = [:] }
        for (time, count) in new.uncertain {
            let more = count - (old.uncertain[time] ?? 0)
            if more > 0 { uncertain[time.wholeSecond, default: 0] += more }
        }
        if new.brakedSince != old.brakedSince { brakedSince = new.brakedSince }
    }

    /// Whether nothing of the account may leave now.
    package func isBlocked(at now: Timestamp) -> Bool {
        needsProbe || stops[.account] != nil || notBefore.map { $0 > now } ?? false
    }

    /// Whether one message has to find out whether others may leave.
    package var needsProbe: Bool { refusal != nil || failure != nil }

    /// When that one may leave, as far as it is about time.
    package func allowsProbe(at now: Timestamp) -> Bool {
        guard stops[.account] == nil else { return false }
        return [notBefore, refusal?.nextProbe, failure?.nextProbe].compactMap(\.self).allSatisfy { $0 <= now }
    }
}

extension Timestamp {
    /// The second in which it is.
    package var wholeSecond: Timestamp { Timestamp(microseconds: microseconds / 1_000_000 * 1_000_000) }
}
