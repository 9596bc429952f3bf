// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What goes wrong on purpose, so that anyone can rehearse a bad day of the partner.
package struct SandboxFaults: Hashable, Sendable {
    /// An answer with that status instead of the real one, in that share of the requests.
    package struct Failure: Hashable, Sendable {
        /// The HTTP status, 400 to 599.
        package let status: Int
        /// The share of requests, 0 to 1.
        package let rate: Double

        package init(status: Int, rate: Double) {
            self.status = status
            self.rate = rate
        }

        /// Reads `503:0.1`.
        ///
        /// - Parameter text: A status and a share with a colon between them; `nil` comes back for anything else.
        package init?(_ text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let status = Int(parts[0]), (400...599).contains(status),
                let rate = Double(parts[1]),
                (0...1).contains(rate)
            else { return nil }
            self.init(status: status, rate: rate)
        }
    }

    /// Tried in order, each with its own share.
    package var failures: [Failure] = []
    /// How long every answer waits.
    package var latency: Duration = .zero
    /// The share of requests that are accepted and never answered.
    package var hangRate: Double = 0
    /// More faults, tried after those above.
    package var others: [SandboxFault] = []

    /// No faults.
    package init() {}

    /// All of them in the order in which they are tried.
    var all: [SandboxFault] {
        var all: [SandboxFault] = []
        if latency > .zero { all.append(SandboxFault(.latency(latency))) }
        // One second, so that an outage rehearsed with a plain status ends soon.
        all += failures.map { failure in
            let isBusy = failure.status == 429 || failure.status == 503
            return SandboxFault(.status(failure.status, retryAfter: isBusy ? .seconds(1) : nil), rate: failure.rate)
        }
        if hangRate > 0 { all.append(SandboxFault(.hangAfterAccepting, rate: hangRate)) }
        return all + others
    }
}
