// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension NearMiss {
    /// The hint to put behind "unknown …".
    ///
    /// - Parameters:
    ///   - text: What was written.
    ///   - known: What could have been written.
    /// - Returns: `; did you mean 'x'?` for the nearest, `; expected one of …` when nothing is near.
    static func hint(for text: String, among known: [String]) -> String {
        "; " + (question(for: text, among: known) ?? "expected one of \(known.joined(separator: ", "))")
    }
}
