// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The name of a template's gap: `3` for the main bubble, `c1_3` for card 1.
package struct Slot: Hashable, Sendable, Comparable {
    /// The card's index; `nil` for the main bubble.
    package let card: Int?
    /// The gap's number, from 1.
    package let number: Int

    package init(card: Int? = nil, number: Int) {
        self.card = card
        self.number = number
    }

    /// Reads a key of `templateVariables`.
    ///
    /// - Parameter key: What should be a slot; `nil` comes back for `0`, `01`, `+1`, `c10_1`, names and the like.
    package init?(_ key: String) {
        guard key.utf8.first == UInt8(ascii: "c") else {
            guard let number = Self.number(key) else { return nil }
            self.init(number: number)
            return
        }
        let parts = key.dropFirst().split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Self.number(parts[1]) else { return nil }
        guard let card = parts[0] == "0" ? 0 : Self.number(parts[0]), card < Carousel.maxCards else { return nil }
        self.init(card: card, number: number)
    }

    /// The key in `templateVariables`.
    package var key: String { card.map { "c\($0)_\(number)" } ?? String(number) }

    package static func < (left: Slot, right: Slot) -> Bool {
        (left.card ?? -1, left.number) < (right.card ?? -1, right.number)
    }

    /// A number from 1 without leading zeros; at most three digits, more gaps no template has.
    private static func number(_ text: some StringProtocol) -> Int? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy(digits.contains),
            text.utf8.first != UInt8(ascii: "0")
        else {
            return nil
        }
        return Int(text)
    }
}
