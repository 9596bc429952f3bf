// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PartnerAPI
import Testing

@Suite("Meta's codes, as data")
struct MetaCodeTests {
    /// What Hookline does about each code, written down a second time.
    private static let treatments: [(MetaCode.Treatment, [Int])] = [
        (.pauseAccount, [0, 190, 3, 10, 200, 230, 299, 131_005]),
        (
            .stop(.account),
            [33, 368, 131_031, 131_042, 131_045, 131_037, 133_000, 133_006, 133_010, 134_102]
        ),
        (.stop(.marketing), [131_048]), (.stop(.templates), [131_064]),
        (.slowAccount, [4, 80_007, 130_429]), (.pacePair, [131_056]),
        (.restAccount(.seconds(60)), [131_057, 2_494_100]), (.retry, [2, 131_016, 133_004]),
        (.tryAgain(tries: 5, after: nil), [1, 131_000]), (.tryAgain(tries: 3, after: .seconds(3_600)), [135_000]),
        (.tryAgain(tries: 2, after: .seconds(60)), [131_052, 131_053]),
        (.holdRecipient(.seconds(86_400), tries: 2), [131_049]), (.holdTemplate, [132_015]),
        (.hold(.seconds(3_600)), [132_069]), (.hold(.seconds(600)), [134_101]),
        (
            .fail,
            [
                130_497, 130_472, 131_021, 131_026, 131_047, 131_050, 100, 131_008, 131_009, 131_051, 131_055, 134_100,
                132_000, 132_001, 132_005, 132_007, 132_012, 132_016, 132_018, 132_068,
            ]
        ),
    ]

    @Test("every row does what is written down here, and there is no other row")
    func treatments() {
        for (treatment, numbers) in Self.treatments {
            for number in numbers { #expect(MetaCode.row(number)?.treatment == treatment, "\(number)") }
        }
        let known = Set(Self.treatments.flatMap(\.1).compactMap { MetaCode.row($0)?.label })
        #expect(known == Set(MetaCode.table.map(\.label)))
        #expect(MetaCode.table.count == known.count, "no code has two rows")
    }

    @Test("a code that is not in the table is unknown", arguments: [-1, 5, 11, 199, 300, 400, 429, 131_999, 130_430])
    func unknown(number: Int) {
        #expect(MetaCode.row(number) == nil)
    }

    @Test("words are the first half of a sentence, fit for a table, and hold no number of seven digits")
    func words() {
        for row in MetaCode.table {
            for text in [row.words, row.meaning] {
                #expect(!text.isEmpty && !text.hasSuffix(".") && !text.contains("|"), "\(row.label)")
                #expect(
                    text.first.map { !$0.isUppercase || text.hasPrefix("WhatsApp") } == true,
                    "\(row.label): \(text)"
                )
            }
        }
    }

    @Test("only codes of Meta's own failures tell of an outage")
    func outage() {
        let codes = MetaCode.table.filter(\.tellsOfOutage).map(\.numbers.lowerBound)
        #expect(Set(codes) == [2, 131_016, 133_004, 1, 131_000])
        #expect(MetaCode.table.filter { $0.tries != nil }.count == 6)
    }

    @Test("docs/meta-codes.md has every row as the data have it, and no other")
    func page() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/meta-codes.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let isRow = { (line: Substring) in line.hasPrefix("| ") && line.dropFirst(2).first?.isNumber == true }
        let rows = MetaCode.table.map(\.documentRow)
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let head = lines.prefix { !isRow($0) }.map(String.init)
            let tail = lines.drop { !isRow($0) }.drop(while: isRow).map(String.init)
            try (head + rows + tail).joined(separator: "\n").write(to: page, atomically: true, encoding: .utf8)
        }
        #expect(text.split(separator: "\n").filter(isRow).map(String.init) == rows)
    }
}
