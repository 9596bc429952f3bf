// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CoreMetrics
import Events
import Messages
import MetricFamilies
import Outbox
import PartnerAPI

/// The delivery's numbers, under the names that dashboards know.
///
/// | metric | kind | labels |
/// |---|---|---|
/// | `hookline_attempts_total` | counter | `outcome`, `account` |
/// | `hookline_attempt_duration_seconds` | histogram | `account` |
/// | `hookline_messages_held_total` | counter | `gate`, `fate` |
/// | `hookline_messages_in_flight` | gauge | – |
/// | `hookline_account_paused` | gauge, 0 or 1 | `account` |
/// | `hookline_account_circuit_open` | gauge, 0 or 1 | `account` |
/// | `hookline_account_stopped` | gauge, 0 or 1 | `account`, `part` |
/// | `hookline_account_uncertain_held` | gauge, 0 or 1 | `account` |
/// | `hookline_account_slowed` | gauge, 0 or 1 | `account` |
/// | `hookline_meta_codes_total` | counter | `account`, `code` |
/// | `hookline_portfolio_recipients` | gauge | `portfolio` |
/// | `hookline_portfolio_limit` | gauge | `portfolio` |
/// | `hookline_pair_waiting` | gauge | `account` |
/// | `hookline_outbox_depth` | gauge | `state` |
/// | `hookline_consent_open` | gauge | `kind` |
/// | `hookline_messages_rescued_total` | counter | – |
/// | `hookline_store_failures_total` | counter | `code` |
/// | `hookline_clock_steps_total` | counter | – |
package final class DeliveryMetrics: Sendable {
    private let factory: any MetricsFactory
    private let inFlightMeter: Meter
    private let rescuedCounter: Counter
    private let stepCounter: Counter
    private let durations = Kept<String, Recorder>()
    private let meters = Kept<String, Meter>()

    private let attempts: CounterFamily<AttemptKey>
    private let failures: CounterFamily<StoreError.Code>
    private let holds: CounterFamily<HoldKey>
    private let codes: CounterFamily<CodeKey>

    private struct AttemptKey: Hashable {
        let outcome: Outcome.Name
        let account: String
    }

    private struct HoldKey: Hashable {
        let gate: SendGate
        let fate: String
    }

    private struct CodeKey: Hashable {
        let account: String
        let code: String
    }

    package init(factory: any MetricsFactory) {
        self.factory = factory
        attempts = CounterFamily("hookline_attempts_total", factory: factory) {
            [("outcome", $0.outcome.rawValue), ("account", $0.account)]
        }
        failures = CounterFamily("hookline_store_failures_total", factory: factory) { [("code", $0.description)] }
        holds = CounterFamily("hookline_messages_held_total", factory: factory) {
            [("gate", $0.gate.rawValue), ("fate", $0.fate)]
        }
        codes = CounterFamily("hookline_meta_codes_total", factory: factory) {
            [("account", $0.account), ("code", String($0.code.drop { !$0.isNumber }))]
        }
        inFlightMeter = Meter(label: "hookline_messages_in_flight", factory: factory)
        rescuedCounter = Counter(label: "hookline_messages_rescued_total", factory: factory)
        stepCounter = Counter(label: "hookline_clock_steps_total", factory: factory)
    }

    func attemptEnded(_ outcome: Outcome.Name, account: String, duration: Duration) {
        attempts.increment(AttemptKey(outcome: outcome, account: account))
        durations.metric(of: account) { recorder(of: account) }.record(duration.inSeconds)
    }

    /// A gate between claim and send holds a message.
    func held(_ hold: Hold) {
        held(hold.gate, hold.until == nil ? "dropped" : "deferred")
    }

    /// A gate holds a message, which is `deferred` or `dropped`.
    func held(_ gate: SendGate, _ fate: String) {
        holds.increment(HoldKey(gate: gate, fate: fate))
    }

    /// How many recipients of a portfolio count, and may.
    func portfolio(_ name: String, used: Int, limit: Int) {
        meter("hookline_portfolio_recipients", "portfolio", name).set(used)
        meter("hookline_portfolio_limit", "portfolio", name).set(limit)
    }

    /// How many messages of an account wait for their turn behind others to the same recipient.
    func pairsWaiting(_ count: Int, account: String) {
        meter("hookline_pair_waiting", "account", account).set(count)
    }

    func inFlight(_ count: Int) {
        inFlightMeter.set(count)
    }

    func paused(_ isPaused: Bool, account: String) {
        meter("hookline_account_paused", "account", account).set(isPaused ? 1 : 0)
    }

    func circuitOpen(_ isOpen: Bool, account: String) {
        meter("hookline_account_circuit_open", "account", account).set(isOpen ? 1 : 0)
    }

    func stopped(_ isStopped: Bool, _ part: MetaCode.Part, account: String) {
        let dimensions = [("account", account), ("part", part.rawValue)]
        Meter(label: "hookline_account_stopped", dimensions: dimensions, factory: factory).set(isStopped ? 1 : 0)
    }

    func holdsUncertain(_ holds: Bool, account: String) {
        meter("hookline_account_uncertain_held", "account", account).set(holds ? 1 : 0)
    }

    func slowed(_ isSlowed: Bool, account: String) {
        meter("hookline_account_slowed", "account", account).set(isSlowed ? 1 : 0)
    }

    /// Counts an answer with one of Meta's codes, as ``AttemptDetail/code`` has it.
    func metaCode(_ code: String, account: String) {
        codes.increment(CodeKey(account: account, code: code))
    }

    func depth(_ counts: [MessageState: Int]) {
        for state in MessageState.allCases {
            meter("hookline_outbox_depth", "state", state.rawValue).set(counts[state] ?? 0)
        }
    }

    func consent(_ open: OpenConsent) {
        meter("hookline_consent_open", "kind", "doubtful").set(open.doubts)
        meter("hookline_consent_open", "kind", "suggested").set(open.suggestions)
    }

    func rescued(_ count: Int) {
        rescuedCounter.increment(by: count)
    }

    func clockStepped() {
        stepCounter.increment()
    }

    func storeFailed(_ code: StoreError.Code) {
        failures.increment(code)
    }

    private func recorder(of account: String) -> Recorder {
        Recorder(
            label: "hookline_attempt_duration_seconds",
            dimensions: [("account", account)],
            aggregate: true,
            factory: factory
        )
    }

    private func meter(_ label: String, _ dimension: String, _ value: String) -> Meter {
        meters.metric(of: "\(label)/\(value)") {
            Meter(label: label, dimensions: [(dimension, value)], factory: factory)
        }
    }
}
