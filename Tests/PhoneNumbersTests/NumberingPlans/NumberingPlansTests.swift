// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PhoneNumbers

/// The numbering plans as data.
@Suite("Numbering plans")
struct NumberingPlansTests {
    /// The plans of whole numbers that are built in.
    static var whole: [UInt8] {
        get throws {
            let file = NumberingPlans.builtInFile
            let header = try NumberingPlansHeader(file)
            return Array(file[header.end..<(header.end + header.whole)])
        }
    }

    /// The built-in file with another header.
    private func file(replacing line: String, with other: String) throws -> [UInt8] {
        let file = NumberingPlans.builtInFile
        let header = try NumberingPlansHeader(file)
        let text = String(decoding: file[..<header.end], as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return Array(lines.map { $0.hasPrefix(line) ? other : String($0) }.joined(separator: "\n").utf8)
            + file[header.end...]
    }

    private func error(_ file: [UInt8]) -> NumberingPlansError? {
        #expect(throws: NumberingPlansError.self) { try NumberingPlans(file) }
    }

    @Test("the built-in plans are whole: every country, and every pattern can be read")
    func builtIn() throws {
        let plans = try NumberingPlans(NumberingPlans.builtInFile)
        #expect(plans.count >= 240)
        #expect(plans.source.hasPrefix("phonenumbers "))
        #expect(plans.day == NumberingPlans.builtInDay)
    }

    @Test("libphonenumber reads these plans, not those of the day on which Debian built it")
    func used() {
        #expect(NumberingPlans.inUse.isBuiltIn)
        #expect(NumberingPlans.inUse.day == NumberingPlans.builtInDay)
        #expect(NumberingPlans.inUse.summary == "numbering plans of \(NumberingPlans.builtInDay)")
    }

    @Test(
        "ranges that were given out since October 2022 are valid, and what was withdrawn is not",
        arguments: [
            WrittenRow("+229 01 90 01 12 34", nil, "2290190011234"),
            WrittenRow("01 90 01 12 34", "BJ", "2290190011234"),
            WrittenRow("+229 90 01 12 34", nil, "too_short"), WrittenRow("+1 983 555 0134", nil, "19835550134"),
            WrittenRow("(983) 555-1234", "US", "19835551234"), WrittenRow("+966 57 012 3456", nil, "966570123456"),
            WrittenRow("+61 454 123 456", nil, "61454123456"), WrittenRow("+380 75 123 4567", nil, "380751234567"),
            WrittenRow("+852 4061 2345", nil, "85240612345"), WrittenRow("+65 8058 1234", nil, "6580581234"),
            WrittenRow("+212 723 112345", nil, "212723112345"), WrittenRow("+220 401 2345", nil, "2204012345"),
        ]
    )
    func newRanges(row: WrittenRow) {
        #expect(row.actual == row.expected)
    }

    @Test("a damaged, foreign or shortened file is refused with its reason")
    func damaged() throws {
        let file = NumberingPlans.builtInFile
        var flipped = file
        flipped[file.count - 5] ^= 1
        #expect(error([]) == .otherFile)
        #expect(error(Array("{}".utf8)) == .otherFile)
        #expect(error(flipped) == .checksum)
        let header = try NumberingPlansHeader(file)
        let body = header.whole + header.short
        #expect(error(file.dropLast()) == .length(body - 1, body))
        #expect(error(file + [0]) == .length(body + 1, body))
        #expect(error(try self.file(replacing: "hookline-", with: "hookline-numbering-plans 2")) == .version("2"))
        #expect(
            error(try self.file(replacing: "date ", with: "date soon")) == .header("a line such as 'date 2026-01-31'")
        )
        #expect(error(try self.file(replacing: "crc32 ", with: "")) == .header("a line 'crc32'"))
        #expect(error(Array("hookline-numbering-plans 1\ndate 2026-01-31".utf8)) == .header("an empty line behind it"))
    }

    @Test("plans that lack most countries, or have a pattern that is none, are refused")
    func incomplete() {
        func file(_ whole: [UInt8]) -> [UInt8] {
            let sum = String(CRC32.of(whole), radix: 16)
            let header =
                "hookline-numbering-plans 1\ndate 2026-01-31\nsource a test\nplans \(whole.count)\nshort 0\ncrc32 \(sum)\n\n"
            return Array(header.utf8) + whole
        }
        func plan(_ id: String, pattern: String) -> [UInt8] {
            let description = [0x12, UInt8(pattern.utf8.count)] + Array(pattern.utf8)
            let plan = [0x0A, UInt8(description.count)] + description + [0x4A, UInt8(id.utf8.count)] + Array(id.utf8)
            return [0x0A, UInt8(plan.count)] + plan
        }
        #expect(error(file(plan("IN", pattern: "[6-9]"))) == .tooFew(1))
        guard case .damaged? = error(file([0x0A, 0x7F])) else { return #expect(Bool(false), "a cut plan is damaged") }
        let many = (0..<245).flatMap { _ in plan("IN", pattern: "[6-9]") }
        #expect(error(file(many + plan("US", pattern: "(2"))) == .pattern("(2"))
    }

    @Test("other plans cannot take the place of those in use; the same ones may be chosen again")
    func chosenOnce() throws {
        _ = NumberingPlans.inUse
        #expect(throws: NumberingPlansError.inUse) {
            try NumberingPlans(try file(replacing: "date ", with: "date 2020-01-31")).use()
        }
        try NumberingPlans(NumberingPlans.builtInFile).use()
    }

    @Test(
        "a day counts from 1970 and is written as it is read",
        arguments: [
            ("2000-01-01", 10_957), ("2024-02-29", 19_782), ("2026-11-06", 20_763), ("2026-03-01", 20_513),
        ]
    )
    func days(text: String, days: Int) {
        #expect(PlanDay(text)?.daysSince1970 == days)
        #expect(PlanDay(text)?.description == text)
        #expect(PlanDay("2026-13-01") == nil)
    }

    @Test("hundreds of damaged files are refused or read, and never end the process")
    func fuzz() {
        let file = NumberingPlans.builtInFile
        var state: UInt64 = 42
        for _ in 0..<300 {
            var bent = Array(file.prefix(4_000))
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bent[Int(state >> 33) % bent.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            _ = try? NumberingPlansHeader(bent)
            _ = try? PlanCollection(bent[110...])
        }
    }
}
