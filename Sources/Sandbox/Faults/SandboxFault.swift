// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// One thing that goes wrong on purpose, how often, and when.
package struct SandboxFault: Hashable, Sendable {
    /// What goes wrong.
    package enum Kind: Hashable, Sendable {
        /// An error of that HTTP status instead of the real answer; nothing is accepted.
        case status(Int, retryAfter: RetryAfter?)
        /// An error with one of Meta's codes instead of the real answer; nothing is accepted.
        case meta(MetaFault)
        /// The message is accepted, and the answer says that Meta holds it back for now.
        case heldForQuality
        /// The answer waits; a later fault may still strike.
        case latency(Duration)
        /// No answer, and nothing was accepted; the sender cannot know.
        case hangBeforeAccepting
        /// No answer, but the message was accepted; the sender cannot know.
        case hangAfterAccepting
        /// The connection breaks before anything was accepted.
        case dropBeforeAccepting
        /// The connection breaks after the message was accepted.
        case dropAfterAccepting
        /// The message was accepted, but the answer's body ends in the middle.
        case malformedBody
        /// A proxy's HTML page with status 502 instead of the real answer; nothing is accepted.
        case proxyPage
        /// A 200 whose body says `success: false`; nothing is accepted.
        case unsuccessful
        /// The request's key is revoked just before the request is looked at.
        case revokeKey
        /// The request's template is paused just before the request is looked at.
        case pauseTemplate
    }

    /// When to try again, as the `Retry-After` header says it.
    package enum RetryAfter: Hashable, Sendable {
        /// As a number of seconds.
        case seconds(Int)
        /// As an HTTP date that many seconds from then.
        case date(inSeconds: Int)
    }

    /// What goes wrong.
    package let kind: Kind
    /// The share of requests that it strikes, 0 to 1.
    package let rate: Double
    /// How many requests go well before it may strike the first time.
    package let skip: Int
    /// How often it strikes; `nil` for without end.
    package let times: Int?
    /// The only recipient whom it strikes, as requests carry the number; `nil` for everybody.
    package let phone: String?

    package init(_ kind: Kind, rate: Double = 1, skip: Int = 0, times: Int? = nil, phone: String? = nil) {
        self.kind = kind
        self.rate = rate
        self.skip = skip
        self.times = times
        self.phone = phone
    }
}
