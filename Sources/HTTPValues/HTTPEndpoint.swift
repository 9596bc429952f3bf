// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What a listener serves: from a request's first line to somebody who takes it, and from there to a reply.
///
/// It knows no HTTP library. A listener asks once for each request.
package protocol HTTPEndpoint: Sendable {
    /// Looks at the first line of a request, before its body was read.
    ///
    /// The caller serves many connections, so this must not wait.
    ///
    /// - Parameter line: Method and target.
    /// - Returns: The answer, for what needs no body to be refused; or who takes the request.
    func open(_ line: RequestLine) -> Opening

    /// Hears of a request that the listener gave up by itself.
    ///
    /// - Parameters:
    ///   - refusal: Why, and what its sender was told.
    ///   - target: Path and query, where the head had arrived.
    func wasRefused(_ refusal: HTTPRefusal, target: String?)
}

extension HTTPEndpoint {
    package func wasRefused(_ refusal: HTTPRefusal, target: String?) {}
}

/// What the first line of a request leads to.
package enum Opening: Sendable {
    /// This answer, whatever else stands in the request.
    case answer(Reply)
    /// Somebody who takes the request once its body is there.
    case body(any RequestTaker)
}

/// Who takes the requests to one path.
package protocol RequestTaker: Sendable {
    /// The most bytes of body.
    var maxBodyBytes: Int { get }

    /// Refuses a request whose body is over ``maxBodyBytes``, before it was read to its end.
    ///
    /// - Parameter line: Its first line.
    /// - Returns: The answer.
    func refuseOversized(_ line: RequestLine) -> Reply

    /// Takes a request whose body is within ``maxBodyBytes``.
    ///
    /// The caller serves many connections, so this must not wait; the answer may come later.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - answer: Called exactly once, on any thread.
    func take(_ request: InboundRequest, answer: @escaping @Sendable (Reply) -> Void)
}

/// Takes requests whose answers have to be waited for: each in a task of its own.
///
/// Nobody awaits these tasks themselves: a listener that ends waits for their answers, and for nothing else of them.
package struct AsyncTaker: RequestTaker {
    package let maxBodyBytes: Int
    private let oversized: @Sendable () -> Reply
    private let reply: @Sendable (InboundRequest) async -> Reply

    /// A taker with these answers.
    ///
    /// - Parameters:
    ///   - maxBodyBytes: The most bytes of body.
    ///   - oversized: Answers a request whose body is larger.
    ///   - reply: Answers any other.
    package init(
        maxBodyBytes: Int,
        oversized: @escaping @Sendable () -> Reply = { ProblemDetails(status: 413).reply() },
        reply: @escaping @Sendable (InboundRequest) async -> Reply
    ) {
        self.maxBodyBytes = maxBodyBytes
        self.oversized = oversized
        self.reply = reply
    }

    package func refuseOversized(_ line: RequestLine) -> Reply { oversized() }

    package func take(_ request: InboundRequest, answer: @escaping @Sendable (Reply) -> Void) {
        Task { [reply] in answer(await reply(request)) }
    }
}
