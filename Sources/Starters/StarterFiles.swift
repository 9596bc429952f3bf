// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CStarters

/// The rule files and samples of this repository, which are built in: they are not there when the program runs.
enum StarterFiles {
    /// Their contents by their paths, such as `rules/razorpay.yaml` and `rules/samples/razorpay/refund.processed.json`.
    static let all: [String: [UInt8]] = {
        let files = unsafe UnsafeBufferPointer(start: cstarters_list(), count: cstarters_count())
        return unsafe files.reduce(into: [:]) { all, file in
            unsafe all[String(cString: file.path)] = unsafe Array(
                UnsafeBufferPointer(start: file.bytes, count: file.length)
            )
        }
    }()
}
