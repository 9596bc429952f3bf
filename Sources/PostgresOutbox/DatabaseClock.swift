// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import NIOConcurrencyHelpers
import PostgresConnection

/// The database's clock, as a node knows it: the one by which all nodes of a store say what time it is.
///
/// The nodes' own clocks may be minutes apart, and what one of them has wait for five minutes another one claims. So each
/// reckons in the database's time: with every exchange it learns within which bounds that lies, from before it asked to
/// after it was answered, on its own steady line. Nothing that is done to the node's clock moves it. Before the database
/// was heard the node's own time holds.
package final class DatabaseClock: WallClock {
    private let node: any WallClock
    /// How far the database's clock is ahead of the node's steady line.
    private let lead = NIOLockedValueBox<Duration?>(nil)

    static let question = PostgresQuery("SELECT clock_timestamp()")

    /// A clock that was not set yet.
    ///
    /// - Parameter node: The node's own clock, of which only the steady line counts.
    package init(over node: any WallClock = SystemClock()) {
        self.node = node
    }

    package var now: Timestamp {
        lead.withLockedValue(\.self).map { node.steadyNow.advanced(by: $0) } ?? node.now
    }

    package var steadyNow: Timestamp { node.steadyNow }

    package var minimumResolution: Duration { node.minimumResolution }

    package func sleep(untilSteady deadline: Timestamp) async throws {
        try await node.sleep(untilSteady: deadline)
    }

    package func sleep(until deadline: Timestamp, tolerance: Duration?) async throws {
        try await node.sleep(untilSteady: steadyNow.advanced(by: now.duration(to: deadline)))
    }

    /// How far the database's clock is ahead of the node's; `nil` before it was heard.
    package var offset: Duration? {
        lead.withLockedValue(\.self).map { node.now.duration(to: node.steadyNow.advanced(by: $0)) }
    }

    /// Hears what the database's clock showed.
    ///
    /// What is believed changes no further than it has to, so that a slow answer spoils nothing.
    ///
    /// - Parameters:
    ///   - time: What it showed, at some time between the next two.
    ///   - asked: When it was asked, on the steady line.
    ///   - answered: When the answer was there.
    package func hear(_ time: Timestamp, asked: Timestamp, answered: Timestamp) {
        let (least, most) = (answered.duration(to: time), asked.duration(to: time))
        lead.withLockedValue { lead in
            lead = lead.map { min(max($0, least), most) } ?? (least + most) / 2
        }
    }

    /// Asks the database, on a way of its own.
    func ask(_ session: PostgresSession, by deadline: ContinuousClock.Instant) throws {
        let asked = steadyNow
        guard let time = try session.rows(Self.question, by: deadline).first?.time(0) else { return }
        hear(time, asked: asked, answered: steadyNow)
    }
}
