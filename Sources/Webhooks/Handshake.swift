// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// A request by which a sender checks the address and that is no event.
package enum Handshake: Hashable, Sendable {
    /// A GET whose parameter is echoed as plain text (Adobe I/O).
    case echo(parameter: String)
    /// A GET whose parameter is echoed when another one holds the source's handshake token (Meta); 403 otherwise.
    case echoWithToken(parameter: String, token: String, mode: String, modeValue: String)
    /// A GET, a HEAD, or a POST without a body, none of them signed: answered with an empty 200 (Zoho Payments, which
    /// does not say how it tries an address).
    case probe
    /// An unsigned form with just this field, answered with an empty 200 (WooCommerce when a hook is saved).
    case unsignedForm(field: String)
    /// A correctly signed body whose array at this path is empty (Xero's intent to receive).
    case emptyArray(FieldPath)
    /// A correctly signed event of this type (GitHub's `ping`).
    case eventType(String)
    /// An OPTIONS that names the sender's origin, answered with consent when the settings allow it (CloudEvents).
    case allowedOrigin

    /// A check that the source's settings describe.
    case configured(ConfiguredHandshake)

    /// Whether the source's settings must hold a handshake token.
    package var needsToken: Bool {
        if case .echoWithToken = self { true } else { false }
    }
}
