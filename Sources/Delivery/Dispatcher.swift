// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Logging
import Messages
import NIOConcurrencyHelpers
package import Outbox
import ServiceLifecycle
package import Traces

/// Sends what is due: claims, paces, hands to the sender, settles.
///
/// One loop (``DispatchLoop``) owns all state; requests run beside it and ring its doorbell when they end, as do the
/// store when something becomes due and the clock at the next due time. Whatever ended meanwhile is settled in one
/// write, which shares its commit with the next claim.
///
/// Asked to stop, it claims no more, lets requests end for as long as `drain` says, cancels those that are left,
/// settles, and returns.
package final class Dispatcher: Service {
    let store: any WorkStore
    let sender: any MessageSender
    let clock: any WallClock
    let accounts: [AccountLimits]
    let settings: DeliverySettings
    let metrics: DeliveryMetrics
    let logger: Logger
    let observer: any DeliveryObserver
    let random: any RandomNumberGenerator & Sendable
    let templates: TemplateHints
    let tracer: Tracer
    /// What the nodes share of accounts; `nil` where this process has the store for itself.
    let paces: (any SharedPaces)?
    let doorbell: Doorbell
    /// What was claimed along with its commit, until the loop takes it over.
    let riding: RidingClaims
    /// What is in this process's hands; the rescuer leaves it alone.
    package let held = HeldClaims()
    let inbox = AttemptInbox()
    private let state = NIOLockedValueBox(State())
    /// So many reports at most wait for the loop.
    private static let mostReports = 10_000

    private struct State {
        var status = DeliveryStatus()
        var isStopping = false
        /// Whether the store rang since the loop looked last.
        var hasRung = false
        /// Accounts that a person lets go on.
        var resumptions: Set<String> = []
        /// What sources reported and the loop has not heard of yet.
        var reports: [ReportedCode] = []
        /// What an operator was told of once.
        var told: Set<String> = []
    }

    /// A dispatcher, to be run once.
    ///
    /// - Parameters:
    ///   - store: Where messages are claimed and settled.
    ///   - sender: What sends them.
    ///   - accounts: The accounts of the configuration; messages of others stay where they are.
    ///   - settings: How messages are dispatched.
    ///   - clock: What due times, leases and pauses are measured on.
    ///   - metrics: Where numbers go.
    ///   - logger: Where lines for operators go.
    ///   - observer: Who watches.
    ///   - random: Where the jitter of retries comes from.
    ///   - templates: What is known of templates.
    ///   - tracer: Takes a span of each attempt.
    package init(
        store: any WorkStore,
        sender: any MessageSender,
        accounts: [AccountLimits],
        settings: DeliverySettings = DeliverySettings(),
        clock: any WallClock = SystemClock(),
        metrics: DeliveryMetrics,
        logger: Logger,
        observer: any DeliveryObserver = NoObserver(),
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
        templates: TemplateHints = .unknown,
        tracer: Tracer = .off
    ) {
        self.store = store
        self.sender = sender
        self.accounts = accounts
        self.settings = settings
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.observer = observer
        self.random = random
        self.templates = templates
        self.tracer = tracer
        paces = store.sharedPaces
        let doorbell = Doorbell()
        self.doorbell = doorbell
        riding = RidingClaims { doorbell.ring() }
    }

    /// How the delivery fares.
    package var status: DeliveryStatus { state.withLockedValue { $0.status } }

    /// Runs until a graceful shutdown, or until the task is cancelled.
    package func run() async {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                let (wakeUps, codes) = (store.wakeUps(), store.reportedCodes())
                group.addTask {
                    for await _ in wakeUps { self.storeRang() }
                }
                group.addTask {
                    for await codes in codes { self.hear(codes) }
                }
                var loop = DispatchLoop(self)
                await loop.run()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.stop()
        }
    }

    /// Whether no more messages are to be claimed.
    var isStopping: Bool { state.withLockedValue { $0.isStopping } }

    /// Something may have become due.
    private func storeRang() {
        state.withLockedValue { $0.hasRung = true }
        doorbell.ring()
    }

    /// Whether the store rang since this was asked last.
    func hasRung() -> Bool {
        state.withLockedValue { state in
            defer { state.hasRung = false }
            return state.hasRung
        }
    }

    /// Lets everything of an account go on that stopped until a person says so.
    ///
    /// - Parameter account: Its name in the configuration.
    /// - Returns: What had stopped, as of the last look; `nil` when there is no such account.
    package func resume(_ account: String) -> [DeliveryStatus.Stop]? {
        guard let stops = status.accounts[account]?.stops else { return nil }
        state.withLockedValue { _ = $0.resumptions.insert(account) }
        doorbell.ring()
        return stops
    }

    /// Takes the accounts that a person lets go on.
    func takeResumptions() -> Set<String> {
        state.withLockedValue { state in
            defer { state.resumptions = [] }
            return state.resumptions
        }
    }

    /// A source reported something of messages that were sent; of too much at once the rest is not heard.
    private func hear(_ codes: [ReportedCode]) {
        state.withLockedValue { $0.reports += codes.prefix(Self.mostReports - min($0.reports.count, Self.mostReports)) }
        doorbell.ring()
    }

    /// Takes what sources reported.
    func takeReports() -> [ReportedCode] {
        state.withLockedValue { state in
            defer { state.reports = [] }
            return state.reports
        }
    }

    /// Whether an operator was not told of something yet; bounded, so of too many things nobody is told.
    func isNews(_ what: String) -> Bool {
        state.withLockedValue { $0.told.count < 1_000 && $0.told.insert(what).inserted }
    }

    func publish(_ status: DeliveryStatus) {
        state.withLockedValue { $0.status = status }
    }

    private func stop() {
        state.withLockedValue { $0.isStopping = true }
        doorbell.ring()
    }
}
