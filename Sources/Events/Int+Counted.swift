// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Int {
    /// The number with its noun: `1 rule`, `2 rules`, `0 rules`.
    ///
    /// - Parameters:
    ///   - one: The noun, or a whole phrase, as it stands beside one.
    ///   - many: As it stands beside any other number; `one` with an `s` if left out.
    /// - Returns: Such as `1 rule is fine`.
    package func counted(_ one: String, _ many: String? = nil) -> String {
        "\(self) \(self == 1 ? one : many ?? one + "s")"
    }
}
