// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Where the partner API is, and the key of its sandbox on this machine.
package enum PartnerAddress {
    /// The partner's own.
    package static let production = "https://app.instawave.store/api/v1/public"
    /// The sandbox, where it listens unless told otherwise.
    package static let sandbox = sandbox(port: 9_090)
    /// The id of a key that is worth nothing anywhere else, in the form of a real one.
    package static let sandboxKey = "pk_sandbox000000000000000000000000000000000"
    /// The secret of ``sandboxKey``.
    package static let sandboxSecret = "sk_sandbox_not_a_secret"

    /// Where a sandbox of this machine is.
    ///
    /// - Parameter port: Where it listens.
    /// - Returns: Its address.
    package static func sandbox(port: Int) -> String { "http://127.0.0.1:\(port)/api/v1/public" }

    /// Where an account's API is when nobody says it.
    ///
    /// - Parameter key: The id of its key.
    /// - Returns: The sandbox's beside the sandbox's key, which no partner takes; otherwise the partner's.
    package static func standard(for key: String?) -> String { key == sandboxKey ? sandbox : production }
}
