// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The text of a secret's file: UTF-8, and editors of Windows put a mark in front of it that is no part of the secret.
enum SecretText {
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The text without a byte order mark; `nil` when it is none.
    ///
    /// With replaced bytes every signature would be refused, and nobody would know why.
    static func read(_ bytes: [UInt8]) -> String? {
        let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(byteOrderMark.count) : bytes[...]
        guard !text.contains(0) else { return nil }
        return String(validating: text, as: UTF8.self)
    }

    /// What is wrong with a file that is no text; no byte of it.
    static func mistake(_ bytes: [UInt8]) -> String {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return "is saved as UTF-16" }
        return bytes.contains(0) ? "has bytes of zero, as a binary file has" : "is not UTF-8"
    }
}
