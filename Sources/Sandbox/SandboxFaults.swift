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
            guard parts.count == 2, let status = Int(parts[0]), (400...599).contains(status), let rate = Double(parts[1]),
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

    /// No faults.
    package init() {}
}

/// What happens to one request.
enum SandboxFate: Hashable, Sendable {
    case normal
    case fail(status: Int)
    /// Accepted, never answered: the sender cannot know.
    case hang
}

extension SandboxFaults {
    /// Draws the fate of one request.
    func fate(using random: inout some RandomNumberGenerator) -> SandboxFate {
        for failure in failures where Double.random(in: 0..<1, using: &random) < failure.rate {
            return .fail(status: failure.status)
        }
        return Double.random(in: 0..<1, using: &random) < hangRate ? .hang : .normal
    }
}
