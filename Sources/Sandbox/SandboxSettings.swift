// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import PartnerAPI

/// How a sandbox is set up.
package struct SandboxSettings: Sendable {
    /// The address to listen on.
    package var host = "127.0.0.1"
    /// The port to listen on; 0 takes a free one.
    package var port = 9090
    /// The API key's public id that requests must carry.
    package var apiKey = SandboxSettings.defaultAPIKey
    /// The API key's secret that requests must carry.
    package var apiSecret = SandboxSettings.defaultAPISecret
    /// The templates of the workspace.
    package var catalogue: TemplateCatalogue
    /// What goes wrong on purpose.
    package var faults = SandboxFaults()
    /// What time it is, and what latency waits on.
    package var clock: any WallClock = SystemClock()
    /// How many of the last messages are kept.
    package var maxMessages = 100_000

    /// A key that is worth nothing anywhere else, in the form of a real one.
    package static let defaultAPIKey = "pk_sandbox000000000000000000000000000000000"
    /// The secret of ``defaultAPIKey``.
    package static let defaultAPISecret = "sk_sandbox_not_a_secret"

    /// The default sandbox with these templates.
    ///
    /// - Parameter catalogue: The templates of the workspace.
    package init(catalogue: TemplateCatalogue) {
        self.catalogue = catalogue
    }
}
