// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Outbox

/// How the delivery fares, for `/readyz` and the console.
package struct DeliveryStatus: Hashable, Sendable {
    /// The accounts, by name.
    package var accounts: [String: Account] = [:]
    /// What the store last refused; `nil` when the last call went well.
    package var storeFailure: StoreError?
    /// Whether the dispatcher runs and claims messages.
    package var isRunning = false

    /// How one account fares.
    package struct Account: Hashable, Sendable {
        /// How many of its requests are on their way.
        package let inFlight: Int
        /// Since when its credentials are refused; `nil` while it sends.
        package let pausedSince: Timestamp?
        /// What the partner said when it refused them.
        package let pauseReason: String?
        /// Since when the partner fails again and again, and how it did last; `nil` while it answers.
        package let circuit: CircuitBreaker.Opening?
    }
}
