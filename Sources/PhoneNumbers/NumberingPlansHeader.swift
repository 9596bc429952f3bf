// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The text lines at the beginning of a file of numbering plans.
struct NumberingPlansHeader: Hashable, Sendable {
    private static let magic = "hookline-numbering-plans"
    private static let version = "1"
    /// No header is longer.
    private static let maxLength = 1_024

    let day: PlanDay
    let source: String
    /// The bytes of the plans of whole numbers.
    let whole: Int
    /// The bytes of the plans of short codes, behind them.
    let short: Int
    /// The CRC-32 of both.
    let checksum: UInt32
    /// The header's own bytes, the empty line included.
    let end: Int

    init(_ file: [UInt8]) throws(NumberingPlansError) {
        let start = file.prefix(Self.maxLength)
        let first = start.prefix { $0 != 0x0A }
        let words = String(decoding: first, as: UTF8.self).split(separator: " ")
        guard words.first.map(String.init) == Self.magic, words.count == 2 else { throw .otherFile }
        guard words[1] == Self.version else { throw .version(String(words[1].prefix(20))) }
        guard let end = start.indices.first(where: { $0 > 0 && start[$0] == 0x0A && start[$0 - 1] == 0x0A }) else {
            throw .header("an empty line behind it")
        }
        var fields: [Substring: String] = [:]
        let text = String(decoding: start[..<end], as: UTF8.self)
        for line in text.split(separator: "\n").dropFirst() {
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2 { fields[parts[0]] = String(parts[1]) }
        }
        guard let day = fields["date"].flatMap(PlanDay.init(_:)) else {
            throw .header("a line such as 'date 2026-01-31'")
        }
        guard let source = fields["source"] else { throw .header("a line 'source'") }
        guard let whole = fields["plans"].flatMap({ Int($0) }), let short = fields["short"].flatMap({ Int($0) }),
            (0...Self.maxBody).contains(whole), (0...Self.maxBody).contains(short)
        else { throw .header("lines 'plans' and 'short' with the bytes of each part") }
        guard let checksum = fields["crc32"].flatMap({ UInt32($0, radix: 16) }) else { throw .header("a line 'crc32'") }
        self.day = day
        self.source = source
        self.whole = whole
        self.short = short
        self.checksum = checksum
        self.end = end + 1
    }

    /// Far more than all plans of the world need.
    private static let maxBody = 64 << 20
}

/// The day of numbering plans.
package struct PlanDay: Hashable, Sendable, CustomStringConvertible {
    private let year: Int
    private let month: Int
    private let day: Int

    /// Reads `2026-11-06`; `nil` for what is no such day.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2]), (2_000...9_999).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Days since the first of January 1970.
    package var daysSince1970: Int {
        // Years that begin in March have their leap day at the end.
        let shifted = month > 2 ? year : year - 1
        let inYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + inYear - 719_468
    }

    /// Such as `2026-11-06`.
    package var description: String {
        "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}

/// Why a file cannot be the numbering plans.
package enum NumberingPlansError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Some other file.
    case otherFile
    /// A version that this program does not know.
    case version(String)
    /// A header that lacks something.
    case header(String)
    /// The bytes that are there, and those that the header promises.
    case length(Int, Int)
    /// Bytes that are not those that were written.
    case checksum
    /// A place where the plans cannot be read.
    case damaged(byte: Int)
    /// Plans of so few countries that some are missing.
    case tooFew(Int)
    /// A pattern that is no regular expression.
    case pattern(String)
    /// Other plans are in use already.
    case inUse

    /// One sentence.
    package var description: String {
        switch self {
        case .otherFile: "this is no file of numbering plans; expected one that 'make numbering-plans' wrote"
        case .version(let version): "the file has the version '\(version)'; expected version 1"
        case .header(let wanted): "the file's header is incomplete; expected \(wanted)"
        case .length(let found, let wanted): "the file has \(found) bytes of plans; its header says \(wanted)"
        case .checksum: "the file is damaged: its checksum is another one; expected a file as it was written"
        case .damaged(let byte): "the file is damaged at byte \(byte)"
        case .tooFew(let count): "the file has the plans of \(count) countries only; expected those of the whole world"
        case .pattern(let pattern): "the file has a pattern that cannot be read: \(pattern.prefix(60))"
        case .inUse: "other numbering plans are in use already; they are chosen once, at the start"
        }
    }
}
