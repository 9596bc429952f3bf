// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Foundation
package import PartnerAPI

/// How a sandbox is set up.
package struct SandboxSettings: Sendable {
    /// The address to listen on.
    package var host = "127.0.0.1"
    /// The port to listen on; 0 takes a free one.
    package var port = 9090
    /// The public id of the first workspace's first API key.
    package var apiKey = SandboxSettings.defaultAPIKey
    /// The secret of that key.
    package var apiSecret = SandboxSettings.defaultAPISecret
    /// The templates of the first workspace, and of every new one.
    package var catalogue: TemplateCatalogue
    /// What goes wrong on purpose.
    package var faults = SandboxFaults()
    /// Whether the numbers of ``MagicNumber`` work their magic.
    package var honoursMagicNumbers = true
    /// The global rate limit; `nil` for none.
    package var rateLimit: RateLimit?
    /// What time it is, and what latency waits on.
    package var clock: any WallClock = SystemClock()
    /// How many of the last messages are kept.
    package var maxMessages = 100_000
    /// Where everything is kept from one run to the next; `nil` keeps it in memory only.
    package var stateFile: URL?
    /// What draws the faults' shares; a test gives a seeded one.
    package var random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()

    /// A key that is worth nothing anywhere else, in the form of a real one.
    package static let defaultAPIKey = PartnerAddress.sandboxKey
    /// The secret of ``defaultAPIKey``.
    package static let defaultAPISecret = PartnerAddress.sandboxSecret

    /// The default sandbox with these templates.
    ///
    /// - Parameter catalogue: The templates of the workspace.
    package init(catalogue: TemplateCatalogue) {
        self.catalogue = catalogue
    }
}
