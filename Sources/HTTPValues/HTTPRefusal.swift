// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Why a listener gives a request up by itself, before the endpoint has it whole.
package struct HTTPRefusal: Hashable, Sendable {
    /// The kinds; the raw values are what metrics and records say.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// 408: the head took too long.
        case headTooSlow = "head_too_slow"
        /// 408: the body took too long.
        case bodyTooSlow = "body_too_slow"
        /// 400: a head without the one `Host` that HTTP/1.1 wants.
        case badHost = "bad_host"
        /// 417: the client expects something else than leave to send its body.
        case unknownExpectation = "unknown_expectation"
        /// 414.
        case targetTooLong = "target_too_long"
        /// 431: too many header fields, one that is too large, or too much of all.
        case headersTooLarge = "headers_too_large"
        /// 503: the bodies that are being received take all the room there is.
        case noRoom = "no_room"
        /// 503: there is more to evaluate than is worth waiting for.
        case overloaded
        /// No answer at all: all connections were taken, and this one had waited the longest for its request.
        case crowdedOut = "crowded_out"
        /// No answer at all: the client does not read those it has.
        case answerUnread = "answer_unread"
    }

    /// What happened.
    package let code: Code
    /// One sentence: what was found, and what is allowed.
    package let reason: String

    /// The status of the answer.
    package var status: Int {
        switch code {
        case .headTooSlow, .bodyTooSlow, .answerUnread: 408
        case .badHost: 400
        case .targetTooLong: 414
        case .unknownExpectation: 417
        case .headersTooLarge: 431
        case .noRoom, .overloaded, .crowdedOut: 503
        }
    }

    /// The answer; it may say what was wrong, because nothing of it is a secret.
    package var problem: ProblemDetails { ProblemDetails(status: status, detail: reason) }
}

extension HTTPRefusal {
    package static func headTooSlow(_ limits: HTTPLimits) -> HTTPRefusal {
        HTTPRefusal(code: .headTooSlow, reason: "The head did not arrive within \(limits.headTime.inSeconds).")
    }

    package static func bodyTooSlow(_ received: Int, _ limits: HTTPLimits) -> HTTPRefusal {
        let pace = "\(limits.bodyTime.inSeconds) and a second more for each \(limits.bodyBytesPerSecond) bytes"
        let reason = "The body did not arrive in time: \(received) bytes came; \(pace) are allowed."
        return HTTPRefusal(code: .bodyTooSlow, reason: reason)
    }

    package static func targetTooLong(_ limits: HTTPLimits, found: Int? = nil) -> HTTPRefusal {
        let found = found.map { "has \($0) bytes" } ?? "is too long"
        return HTTPRefusal(
            code: .targetTooLong,
            reason: "The request's target \(found); at most \(limits.targetBytes) are allowed."
        )
    }

    package static func headersTooLarge(_ found: String, allowed: String) -> HTTPRefusal {
        HTTPRefusal(code: .headersTooLarge, reason: "\(found); at most \(allowed) are allowed.")
    }

    package static func noRoom(_ limits: HTTPLimits) -> HTTPRefusal {
        let reason = "Bodies over \(limits.freeBodyBytes) bytes find no room now; try again."
        return HTTPRefusal(code: .noRoom, reason: reason)
    }

    package static func badHost(found count: Int) -> HTTPRefusal {
        let found = count == 0 ? "no header Host" : "\(count) headers Host"
        return HTTPRefusal(code: .badHost, reason: "The request has \(found); exactly one is expected.")
    }

    package static let unknownExpectation = HTTPRefusal(
        code: .unknownExpectation,
        reason: "The header Expect asks for something unknown; '100-continue' alone is understood."
    )

    package static let overloaded = HTTPRefusal(
        code: .overloaded,
        reason: "There is more to evaluate than can be done in time; try again."
    )

    package static func crowdedOut(_ limits: HTTPLimits) -> HTTPRefusal {
        let reason = "All \(limits.connections) connections were taken, and this one had waited the longest."
        return HTTPRefusal(code: .crowdedOut, reason: reason)
    }

    package static func answerUnread(_ limits: HTTPLimits) -> HTTPRefusal {
        let reason = "Answers were not read for \(limits.answerTime.inSeconds)."
        return HTTPRefusal(code: .answerUnread, reason: reason)
    }
}

extension Duration {
    /// Such as `10 s`.
    fileprivate var inSeconds: String { "\(components.seconds) s" }
}
