// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import HTTPValues

/// Where a running service listens; the ports are the real ones where the configuration says 0.
package struct ServiceAddresses: Hashable, Sendable {
    /// Where senders post to.
    package let hooks: ListenAddress
    /// Health, readiness and metrics.
    package let admin: ListenAddress
}
