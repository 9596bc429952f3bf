// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CoreMetrics
package import Events
package import Logging
import MetricFamilies
import NIOConcurrencyHelpers
package import Outbox
import ServiceLifecycle

/// Asks the store once a minute how it stands, for the metrics and for whoever asks the service how it fares.
///
/// A probe of a load balancer asks every few seconds, and what is asked here reads the server's statistics: so it is kept.
package final class StandingReporter: Service {
    private let store: any Housekeeping
    private let clock: any WallClock
    private let interval: Duration
    private let metrics: StandingMetrics
    private let logger: Logger
    /// What the last look brought, `nil` in it where it failed; `nil` before the first.
    private let kept = NIOLockedValueBox<StoreStanding??>(nil)

    /// A reporter, to be run once.
    ///
    /// - Parameters:
    ///   - store: Which store.
    ///   - interval: How often it is asked.
    ///   - clock: What is waited on.
    ///   - metrics: Where numbers go.
    ///   - logger: Receives why it could not be asked.
    package init(
        store: any Housekeeping,
        every interval: Duration = .seconds(60),
        clock: any WallClock = SystemClock(),
        metrics: StandingMetrics,
        logger: Logger
    ) {
        (self.store, self.clock, self.interval) = (store, clock, interval)
        (self.metrics, self.logger) = (metrics, logger)
    }

    /// How the store stood when it was asked last; asks where it never was.
    ///
    /// A database that does not answer would else be asked with each probe, which waits for it; the next look in turn tells
    /// when it answers again.
    ///
    /// - Returns: Its standing; `nil` when it could not be asked.
    package func standing() async -> StoreStanding? {
        if let standing = kept.withLockedValue(\.self) { return standing }
        return await look()
    }

    package func run() async {
        await periodically(every: interval, on: clock) { await self.look() }
    }

    @discardableResult
    private func look() async -> StoreStanding? {
        let standing: StoreStanding?
        do throws(StoreError) {
            standing = try await store.standing()
        } catch {
            standing = nil
            logger.warning(
                "the store did not say how it stands",
                metadata: ["code": "\(error.code)", "reason": "\(error.reason)"]
            )
        }
        kept.withLockedValue { $0 = .some(standing) }
        if let standing { metrics.note(standing) }
        return standing
    }
}

/// What is told of a store's standing; of a file only what it survives.
package struct StandingMetrics: Sendable {
    private let survives: GaugeFamily
    private let standbys: GaugeFamily
    private let deadRows: GaugeFamily
    private let nodes: GaugeFamily
    private let factory: any MetricsFactory
    private let asked = NIOLockedValueBox(0)

    /// - Parameter factory: Makes the gauges.
    package init(factory: any MetricsFactory) {
        self.factory = factory
        survives = GaugeFamily("hookline_store_survives", "loss", factory: factory)
        standbys = GaugeFamily("hookline_store_standbys", "state", factory: factory)
        deadRows = GaugeFamily("hookline_store_dead_rows", "table", factory: factory)
        nodes = GaugeFamily("hookline_store_nodes", "state", factory: factory)
    }

    /// What the metrics mean, for their `HELP` lines.
    package static let help = [
        "hookline_store_survives":
            "1 while what was answered with 2xx survives the loss of the process, the machine or the server.",
        "hookline_store_standbys": "Standbys of the database, by whether they confirm commits or follow behind.",
        "hookline_store_standbys_wanted": "So many standbys have to confirm each commit.",
        "hookline_store_dead_rows": "Rows of the queue that were deleted and still stand in the way, by table.",
        "hookline_store_nodes": "Nodes that share the store: alive, or gone without having ended in order.",
        "hookline_store_leads": "1 while this node leads: it makes pieces of tables ahead and cleans up.",
        "hookline_store_notify": "1 while calls of other nodes (NOTIFY) arrive; 0 while this node has to look.",
        "hookline_store_notify_seconds": "How long a call took to come back when that was tried last.",
        "hookline_store_clock_offset_seconds": "How far the database's clock is ahead of this node's.",
        "hookline_store_oldest_snapshot_seconds":
            "For how long the oldest snapshot of the database is held; 0 for none.",
        "hookline_store_connections": "Connections of all clients to the database's server.",
        "hookline_store_connections_limit": "How many there may be.",
        "hookline_store_statements_total": "Statements that this node has asked the database.",
    ]

    func note(_ standing: StoreStanding) {
        let losses = StoreStanding.Loss.allCases.map { ($0.rawValue, standing.durability.survives($0) ? 1 : 0) }
        survives.set(Dictionary(losses) { first, _ in first })
        if let server = standing.server { note(server) }
    }

    private func note(_ server: StoreStanding.Server) {
        set("hookline_store_standbys_wanted", Double(server.standbysWanted))
        if let seen = server.standbys { standbys.set(["confirming": seen.confirming, "following": seen.following]) }
        deadRows.set(server.deadRows)
        let living = server.nodes.count(where: \.isAlive)
        nodes.set(["alive": living, "gone": server.nodes.count - living])
        if server.seesSessions {
            set("hookline_store_oldest_snapshot_seconds", server.oldestSnapshot?.age?.inSeconds ?? 0)
        }
        set("hookline_store_connections", Double(server.connections.used))
        set("hookline_store_connections_limit", Double(server.connections.limit))
        if let offset = server.clockOffset { set("hookline_store_clock_offset_seconds", offset.inSeconds) }
        switch server.calls {
        case .notify(let time):
            set("hookline_store_notify", 1)
            if let time { set("hookline_store_notify_seconds", time.inSeconds) }
        case .poll: set("hookline_store_notify", 0)
        case .unknown, nil: break
        }
        if let leads = server.leads { set("hookline_store_leads", leads ? 1 : 0) }
        count(server.statements)
    }

    private func set(_ name: String, _ value: Double) {
        Gauge(label: name, dimensions: [], factory: factory).record(value)
    }

    private func count(_ statements: Int) {
        let more = asked.withLockedValue { asked in
            defer { asked = max(asked, statements) }
            return max(0, statements - asked)
        }
        Counter(label: "hookline_store_statements_total", factory: factory).increment(by: more)
    }
}
