// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Testing

@testable import Rules

/// Files that an editor, a merge or a full disk left in pieces.
@Suite struct DamagedFileTests {
    /// Numbers that look random and are the same in every run.
    private struct Dice {
        var state: UInt64

        mutating func roll(_ sides: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % sides
        }
    }

    private static let pieces = [
        "{{", "}}", "{%", "\t", "&a ", "*a", "- ", "? ", ": ", "|", ">", "\"", "'", "[", "]", "{", "}", "\n", "#",
        "---\n", "!t ", "<<: ", "\u{0}",
        "\u{FEFF}", "é", "%YAML 1.1\n", "  ",
    ]

    private func damaged(_ text: String, _ dice: inout Dice) -> String {
        var scalars = Array(text.unicodeScalars.prefix(1_500))
        for _ in 0...dice.roll(4) {
            let place = dice.roll(scalars.count)
            switch dice.roll(3) {
            case 0: scalars.removeSubrange(place..<min(scalars.count, place + 1 + dice.roll(8)))
            case 1: scalars.insert(contentsOf: Self.pieces[dice.roll(Self.pieces.count)].unicodeScalars, at: place)
            default: scalars.swapAt(place, dice.roll(scalars.count))
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    @Test("whatever is damaged, reading ends, and what is refused is told with a place in the file", arguments: 0..<8)
    func damage(seed: Int) throws {
        var dice = Dice(state: UInt64(seed) &* 7_919 &+ 17)
        let shipped = try #require(Fixture.files(in: Fixture.shippedRules).first { $0.name == "generic-order.yaml" })
        let text = try shipped.text()
        for _ in 0..<25 {
            let file = damaged(text, &dice)
            let loaded = RuleFolder.check(texts: [(path: "damaged.yaml", text: file)])
            let lines = file.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(loaded.rules != nil || loaded.diagnostics.contains { $0.severity == .error })
            #expect(loaded.diagnostics.filter { $0.location.line > lines + 1 || $0.location.column < 1 } == [])
        }
    }
}
