// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox

/// From which due times on a node looks for messages, by account.
///
/// What was claimed stays in the index until nobody's snapshot can see it, and while somebody holds one open each claim would
/// go through all that was claimed since. So a claim begins a minute before where the last look through everything found its
/// first message, and everything is looked through every few seconds: a message that waits before that, such as one that
/// was retried with an earlier time, waits no longer than that.
struct ClaimFloors {
    private struct Floor {
        var time: Timestamp?
        var lookedThrough: ContinuousClock.Instant
    }

    private var accounts: [String: Floor] = [:]
    private static let margin: Duration = .seconds(60)

    /// From when on to look; an account that is not among them is looked through.
    func floors(
        _ quotas: [ClaimQuota],
        at now: ContinuousClock.Instant,
        every interval: Duration
    ) -> [String: Timestamp] {
        var floors: [String: Timestamp] = [:]
        for quota in quotas {
            guard let floor = accounts[quota.account], floor.lookedThrough.duration(to: now) < interval else {
                continue
            }
            floors[quota.account] = floor.time
        }
        return floors
    }

    /// Remembers what looks through everything found.
    mutating func note(
        _ quotas: [ClaimQuota],
        _ floors: [String: Timestamp],
        oldest: [String: Timestamp],
        at now: ContinuousClock.Instant
    ) {
        for quota in quotas where quota.limit > 0 && floors[quota.account] == nil {
            let time = oldest[quota.account]?.advanced(by: .zero - Self.margin)
            accounts[quota.account] = Floor(time: time, lookedThrough: now)
        }
    }
}
