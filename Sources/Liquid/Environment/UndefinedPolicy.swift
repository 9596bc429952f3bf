// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What happens when an undefined or null value reaches the output.
public enum UndefinedPolicy: Hashable, Sendable {
    /// Rendering fails with code ``LiquidError/Code/undefined`` and the path; nobody receives "Hello ,".
    ///
    /// Filters other than `default` pass an undefined value on, so `{{ name | upcase | default: 'you' }}` prints
    /// `you`. Inside conditions, loops and `assign` undefined values are allowed.
    case strict
    /// Liquid's own way: it prints nothing.
    case lax
}
