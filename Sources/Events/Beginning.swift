// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// As much of a stranger's text as somebody wants to see: a body may have ten megabytes.

extension [UInt8] {
    /// The first bytes of a text, and none of a letter of which the last is missing.
    ///
    /// - Parameter most: So many at most.
    /// - Returns: The bytes; all of them where there are no more.
    package func beginning(_ most: Int) -> [UInt8] {
        guard count > most else { return self }
        var end = most
        while end > 0, self[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(self[..<end])
    }
}
