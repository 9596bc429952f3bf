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

    func run() async -> Readiness {
        let delivery = dispatcher.status
        let accounts = delivery.accounts.sorted { $0.key < $1.key }.map { Self.check($0.key, $0.value) }
        return Readiness(checks: [await storeCheck(), deliveryCheck(delivery), rulesCheck()] + accounts)
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
            ? "\(status.ruleCount) rules run"
            : "the files have errors since \(status.at.rfc3339); the \(status.ruleCount) rules from before run"
        return .init(name: "rules", isPassing: status.isSuccess, isRequired: false, detail: detail)
    }

    private static func check(_ name: String, _ account: DeliveryStatus.Account) -> Readiness.Check {
        guard let since = account.pausedSince else {
            return .init(name: "account \(name)", isPassing: true, isRequired: false, detail: "sends")
        }
        let reason = account.pauseReason ?? "its credentials were refused"
        return .init(
            name: "account \(name)",
            isPassing: false,
            isRequired: false,
            detail: "paused since \(since.rfc3339): \(reason); its messages wait"
        )
    }
}
