// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// When a message that did not get through is tried again: exponential with full jitter.
///
/// The wait before attempt *n+1* is drawn evenly from zero to `base · 2^(n-1)`, at most `cap`; the partner's
/// `Retry-After` wins over that. It ends after `maxAttempts`, after `maxAge`, or when the message would expire first.
///
/// - SeeAlso: [Exponential Backoff and Jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)
package struct RetryPolicy: Hashable, Sendable {
    /// The longest wait after the first attempt.
    package let base: Duration
    /// The longest wait at all, `Retry-After` aside.
    package let cap: Duration
    /// How many attempts a message gets; at least 1.
    package let maxAttempts: Int
    /// How long after its first due time a message is still tried.
    package let maxAge: Duration

    /// What the policy has to know of a message after an attempt.
    package struct Query: Hashable, Sendable {
        /// How many attempts counted, this one included; at least 1.
        package let attempts: Int
        /// The time now.
        package let now: Timestamp
        /// From when the message's age counts.
        package let agesFrom: Timestamp
        /// Not sent any more from this time on.
        package let expiresAt: Timestamp?
        /// The wait that the partner asked for.
        package let retryAfter: Duration?

        package init(
            attempts: Int,
            now: Timestamp,
            agesFrom: Timestamp,
            expiresAt: Timestamp? = nil,
            retryAfter: Duration? = nil
        ) {
            self.attempts = attempts
            self.now = now
            self.agesFrom = agesFrom
            self.expiresAt = expiresAt
            self.retryAfter = retryAfter
        }
    }

    /// Whether there is another attempt.
    package enum Verdict: Hashable, Sendable {
        /// Not before that time.
        case again(Timestamp)
        /// No; the words say why.
        case enough(String)
    }

    /// A policy.
    ///
    /// - Parameters:
    ///   - base: The longest wait after the first attempt.
    ///   - cap: The longest wait at all.
    ///   - maxAttempts: At least 1.
    ///   - maxAge: How long after its first due time a message is still tried.
    package init(
        base: Duration = .seconds(5),
        cap: Duration = .seconds(900),
        maxAttempts: Int = 300,
        maxAge: Duration = .seconds(86_400)
    ) {
        precondition(maxAttempts >= 1 && base > .zero && cap >= base, "a retry policy needs an attempt and a wait")
        self.base = base
        self.cap = cap
        self.maxAttempts = maxAttempts
        self.maxAge = maxAge
    }

    /// Decides about the next attempt.
    ///
    /// - Parameters:
    ///   - query: The message after its last attempt.
    ///   - generator: Where the jitter comes from; drawn from once, and only for a wait of our own.
    /// - Returns: When to try again, or why not.
    package func next(_ query: Query, using generator: inout some RandomNumberGenerator) -> Verdict {
        guard query.attempts < maxAttempts else {
            return .enough(maxAttempts == 1 ? "the only attempt is used up" : "all \(maxAttempts) attempts are used up")
        }
        let wait = query.retryAfter ?? jitter(after: query.attempts, using: &generator)
        let time = query.now.advanced(by: wait)
        guard time < query.agesFrom.advanced(by: maxAge) else { return .enough("it has been tried for long enough") }
        if let expiresAt = query.expiresAt, time >= expiresAt {
            return .enough("it would expire before another attempt")
        }
        return .again(time)
    }

    /// Decides about a wait that costs no attempt.
    ///
    /// It may end after the message's age is used up, but none begins then: so a message that is held for a day gets
    /// another try, and no message goes round without end.
    ///
    /// - Parameters:
    ///   - time: When the message may leave next.
    ///   - now: The time now.
    ///   - agesFrom: From when the message's age counts.
    ///   - expiresAt: Not sent any more from this time on.
    /// - Returns: That time, or why not.
    package func hold(until time: Timestamp, at now: Timestamp, agesFrom: Timestamp, expiresAt: Timestamp?) -> Verdict {
        guard now < agesFrom.advanced(by: maxAge) else { return .enough("it has waited for long enough") }
        if let expiresAt, time >= expiresAt { return .enough("it would expire before") }
        return .again(time)
    }

    /// Decides about a wait whose end nobody knows: it lasts as long as the message may wait at all.
    ///
    /// - Parameters:
    ///   - now: The time now.
    ///   - agesFrom: From when the message's age counts.
    ///   - expiresAt: Not sent any more from this time on.
    /// - Returns: When it has waited for long enough, or has expired; or that it has already.
    package func holdOpenly(at now: Timestamp, agesFrom: Timestamp, expiresAt: Timestamp?) -> Verdict {
        let end = agesFrom.advanced(by: maxAge)
        guard now < end else { return .enough("it has waited for long enough") }
        return .again(min(end, expiresAt ?? end))
    }

    /// The longest wait after so many attempts.
    package func ceiling(after attempts: Int) -> Duration {
        let doublings = min(max(attempts, 1) - 1, 40)
        let (micros, overflow) = base.microseconds.multipliedReportingOverflow(by: 1 << doublings)
        return overflow ? cap : min(cap, .microseconds(micros))
    }

    private func jitter(after attempts: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        .microseconds(Int64.random(in: 0...ceiling(after: attempts).microseconds, using: &generator))
    }
}
