// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Why a measurement would be worth nothing.
struct BenchmarkError: Error, CustomStringConvertible {
    /// One sentence.
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
