// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// The name that the ledger of consent has for somebody who was erased: what they wanted stays, and who they are goes.
package enum ErasedSubject {
    private static let prefix = "erased:"

    /// The name.
    ///
    /// It is a keyed hash: without the key nobody can try all numbers against it.
    ///
    /// - Parameters:
    ///   - subject: Who, as the ledger named them.
    ///   - key: The store's own.
    /// - Returns: Such as `erased:3f…`, of 32 hex digits.
    package static func name(of subject: String, key: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let hash = Fingerprint(of: subject, key: key).bytes.prefix(16)
        let hex = hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return prefix + String(decoding: hex, as: UTF8.self)
    }

    /// Whether a recipient of the ledger is somebody who was erased.
    package static func isName(_ recipient: String) -> Bool { recipient.hasPrefix(prefix) }
}

/// What was found of a recipient, or erased.
package struct Erasure: Hashable, Sendable {
    /// Messages to them.
    package var messages: Int
    /// Events whose bodies are about them.
    package var events: Int
    /// Lines of the ledger with their name.
    package var lines: Int
    /// What else has their name: what they were told once, when they last wrote, what they wrote in doubt.
    package var others: Int

    package init(messages: Int = 0, events: Int = 0, lines: Int = 0, others: Int = 0) {
        self.messages = messages
        self.events = events
        self.lines = lines
        self.others = others
    }

    /// Adds what was found in another round.
    package static func += (left: inout Erasure, right: Erasure) {
        left.messages += right.messages
        left.events += right.events
        left.lines += right.lines
        left.others += right.others
    }
}
