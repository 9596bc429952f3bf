// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Why the service cannot start.
package struct StartError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which part is at fault.
    package enum Kind: Hashable, Sendable {
        /// A rule file has errors.
        case rules
        /// The store cannot be opened.
        case store
        /// The client of the partner API cannot be set up.
        case partner
    }

    /// Which part is at fault.
    package let kind: Kind
    /// Everything that was found, a line each.
    package let findings: [String]

    package init(_ kind: Kind, _ findings: [String]) {
        self.kind = kind
        self.findings = findings
    }

    package var description: String { findings.joined(separator: "\n") }
}
