// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Delivery
internal import Events
internal import Outbox
internal import Server

/// Asks every part of the service how it fares.
struct ReadinessCheck: Sendable {
    let store: any OutboxStore
    let reloader: RulesReloader
    let dispatcher: Dispatcher
    let templates: TemplateReport

    func run() async -> Readiness {
        let delivery = dispatcher.status
        let accounts = delivery.accounts.sorted { $0.key < $1.key }.map { Self.check($0.key, $0.value) }
        let service = [await storeCheck(), deliveryCheck(delivery), rulesCheck()]
        return Readiness(checks: service + accounts + templates.checks())
    }

    private func storeCheck() async -> Readiness.Check {
        do throws(StoreError) {
            try await store.check()
            return .init(name: "store", isPassing: true, isRequired: true, detail: "takes writes")
        } catch {
            return .init(name: "store", isPassing: false, isRequired: true, detail: error.reason)
        }
    }

    private func deliveryCheck(_ status: DeliveryStatus) -> Readiness.Check {
        let detail = status.storeFailure?.reason ?? (status.isRunning ? "runs" : "does not run")
        return .init(
            name: "delivery",
            isPassing: status.isRunning && status.storeFailure == nil,
            isRequired: true,
            detail: detail
        )
    }

    /// Old rules that go on are no reason to send events elsewhere, but somebody should look.
    private func rulesCheck() -> Readiness.Check {
        let status = reloader.status
        let detail =
            status.isSuccess
            ? status.ruleCount.counted("rule runs", "rules run")
            : "the files have errors since \(status.at.rfc3339); the \(status.ruleCount.counted("rule from before runs", "rules from before run"))"
        return .init(name: "rules", isPassing: status.isSuccess, isRequired: false, detail: detail)
    }

    private static func check(_ name: String, _ account: DeliveryStatus.Account) -> Readiness.Check {
        let trouble = trouble(account)
        return .init(
            name: "account \(name)",
            isPassing: trouble == nil,
            isRequired: false,
            detail: trouble.map { "\($0); its messages wait" } ?? "sends"
        )
    }

    private static func trouble(_ account: DeliveryStatus.Account) -> String? {
        if let since = account.pausedSince {
            return "paused since \(since.rfc3339): \(account.pauseReason ?? "its credentials were refused")"
        }
        guard let circuit = account.circuit else { return nil }
        return "the partner fails since \(circuit.since.rfc3339): \(circuit.reason)"
    }
}
