// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EmbeddedFiles

/// The rule files and samples of this repository, which are built in.
enum StarterFiles {
    /// Their contents by their paths, such as `rules/razorpay.yaml` and `rules/samples/razorpay/refund.processed.json`.
    static let all: [String: [UInt8]] = EmbeddedFiles.all(below: "rules/")
        .reduce(into: [:]) { all, file in all["rules/" + file.key] = file.value }
}
