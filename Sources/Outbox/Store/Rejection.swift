// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// A request that was turned away at the door: nothing of it was accepted.
package struct Rejection: Hashable, Sendable {
    /// A store keeps so many of the newest ones: strangers can cause them without end.
    package static let capacity = 10_000

    /// When it came.
    package let at: Timestamp
    /// The source's name as the request had it; not necessarily one of the configuration.
    package let source: String
    /// The HTTP status of the answer.
    package let status: Int
    /// A short stable code, such as `signature_mismatch`, `unknown_source`, `too_large`.
    package let code: String
    /// Why, in a sentence; no secret, no phone number, nothing of the body.
    package let reason: String
    /// How many requests the record stands for: of a flood of like ones not each has a record of its own.
    package let count: Int

    /// At most 200 characters of the source's name and 500 of the reason are kept: they may be a stranger's words.
    package init(at: Timestamp, source: String, status: Int, code: String, reason: String, count: Int = 1) {
        self.at = at
        self.source = Self.beginning(of: source, 200)
        self.status = status
        self.code = code
        self.reason = NumberHiding.hide(in: Self.beginning(of: reason, 500))
        self.count = count
    }

    /// At most so many characters of a text; one of fewer bytes is not looked through.
    private static func beginning(of text: String, _ characters: Int) -> String {
        text.utf8.count <= characters ? text : String(text.prefix(characters))
    }
}
