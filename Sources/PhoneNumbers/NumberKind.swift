// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Numbers that are refused unless somebody allows them; the raw values are what rules and configurations say.
package enum NumberKind: String, Hashable, Sendable, CaseIterable {
    /// A number that only landlines have; WhatsApp Business can be registered with one.
    case landline
    /// A number that people type to get past a form, such as +91 99999 99999, and that somebody may own.
    case testNumber = "test_number"
}
