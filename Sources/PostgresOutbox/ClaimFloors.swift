// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// From which due times on a node looks for messages, by account.
///
/// What was claimed stays in the index until nobody's snapshot can see it, and while somebody holds one open each claim would
/// go through all that was claimed since. So a claim begins a second before where the last look ended; where there is a backlog,
/// a few times a second so and else where the last claim ended. What gets in line before that, such as a message whose accept took
/// long, is told with its commit (``put(_:at:)``), by this node and by the others. What nobody told is found by a look through
/// everything: every few seconds, or more rarely where that takes long.
package struct ClaimFloors {
    /// What a look for an account brought.
    package struct Found: Equatable {
        /// When the last message was due that it found; `nil` when it found none.
        package var last: Timestamp?
        /// Whether it found as many as it may, so that more may be due.
        package var isFull: Bool

        package init(last: Timestamp?, isFull: Bool) {
            (self.last, self.isFull) = (last, isFull)
        }
    }

    private struct Floor {
        /// Up to where all that was due is claimed, but for what was stored late.
        var end: Timestamp
        var hasMore: Bool
        var lookedBack: ContinuousClock.Instant
        var lookedThrough: ContinuousClock.Instant
        /// How long the look through everything took.
        var took: Duration
    }

    /// What got in line within a tenth of a second, for looks that were under way meanwhile.
    private struct Put {
        let begin: ContinuousClock.Instant
        var end: ContinuousClock.Instant
        /// When the first of it is due.
        var due: Timestamp
    }

    /// In the order of time, for as long as a look can take.
    private var puts: [Put] = []
    private static let (together, longest) = (Duration.milliseconds(100), Duration.seconds(60))

    private var accounts: [String: Floor] = [:]
    /// How much later than it is due a message may get in line without being told to anybody.
    static let margin: Duration = .seconds(1)
    private static let looksBackEvery: Duration = .milliseconds(250)
    /// Looks through everything take a fiftieth of the time at most, but come at least every twelfth time they would.
    private static let (share, rarest) = (50, 12)

    package init() {}

    /// Something got in line: the next look begins there, where it would begin behind.
    ///
    /// - Parameters:
    ///   - due: When the first of it is due.
    ///   - now: The time after the commit.
    package mutating func put(_ due: Timestamp, at now: ContinuousClock.Instant) {
        puts.removeAll { $0.end.duration(to: now) > Self.longest }
        if let last = puts.last, last.begin.duration(to: now) < Self.together {
            puts[puts.count - 1] = Put(begin: last.begin, end: now, due: min(last.due, due))
        } else {
            puts.append(Put(begin: now, end: now, due: due))
        }
        for (account, floor) in accounts where due < floor.end.advanced(by: .zero - Self.margin) {
            accounts[account]?.end = due
            accounts[account]?.hasMore = false
        }
    }

    /// From when on to look; an account that is not among them is looked through.
    package func floors(
        _ accounts: [String],
        at now: ContinuousClock.Instant,
        every interval: Duration
    ) -> [String: Timestamp] {
        var floors: [String: Timestamp] = [:]
        for account in accounts {
            guard let floor = self.accounts[account] else { continue }
            let pause = max(interval, min(floor.took * Self.share, interval * Self.rarest))
            guard floor.lookedThrough.duration(to: now) < pause else { continue }
            let goesOn = floor.hasMore && floor.lookedBack.duration(to: now) < Self.looksBackEvery
            floors[account] = goesOn ? floor.end : floor.end.advanced(by: .zero - Self.margin)
        }
        return floors
    }

    /// Remembers where looks ended.
    ///
    /// - Parameters:
    ///   - found: What they brought, by account.
    ///   - floors: From when on they looked.
    ///   - time: By which time messages were due.
    ///   - begin: When they began: what got in line since then they may not have seen.
    ///   - took: How long the database looked.
    package mutating func note(
        _ found: [String: Found],
        _ floors: [String: Timestamp],
        dueBy time: Timestamp,
        from begin: ContinuousClock.Instant,
        took: Duration
    ) {
        let unseen = puts.reversed().prefix { $0.end > begin }.map(\.due).min()
        for (account, found) in found {
            let last = found.isFull ? found.last ?? time : time
            let end = min(last, unseen ?? last)
            var floor = Floor(
                end: end,
                hasMore: found.isFull && end == last,
                lookedBack: begin,
                lookedThrough: begin,
                took: took
            )
            if let known = accounts[account], let start = floors[account] {
                (floor.lookedThrough, floor.took) = (known.lookedThrough, known.took)
                if start >= known.end { floor.lookedBack = known.lookedBack }
            }
            accounts[account] = floor
        }
    }
}
