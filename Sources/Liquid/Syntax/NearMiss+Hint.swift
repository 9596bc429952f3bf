// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension NearMiss {
    /// `; did you mean 'money'?`, or nothing when no candidate is near.
    static func hint(for name: String, among candidates: [String]) -> String {
        question(for: name, among: candidates).map { "; \($0)" } ?? ""
    }
}
