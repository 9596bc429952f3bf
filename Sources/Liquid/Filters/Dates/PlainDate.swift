// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// A date as programs nearly always write it, read without making words of it: `2026-01-15`, `2026-01-15T10:00:00`, with
/// a fraction, with `Z` or an offset.
///
/// What it does not read, and there is much, is left to ``DateScanner``; what it reads, both read alike.
struct PlainDate {
    /// Microseconds since 1970 as if the time were in UTC.
    let local: Int
    /// Beyond the microseconds, 0 to 999.
    let nanoseconds: Int
    /// Seconds east of UTC, where the text has them.
    let offset: Int?
    let hasTime: Bool

    /// Reads a text; `nil` for one that needs a closer look.
    init?(_ text: String) {
        guard (10...35).contains(text.utf8.count) else { return nil }
        var text = text
        guard let read = text.withUTF8({ DateBytes($0).read() }) else { return nil }
        self = read
    }

    fileprivate init(local: Int, nanoseconds: Int = 0, offset: Int? = nil, hasTime: Bool) {
        self.local = local
        self.nanoseconds = nanoseconds
        self.offset = offset
        self.hasTime = hasTime
    }
}

/// The bytes of a date; every function answers `nil` where something else stands.
private struct DateBytes {
    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    func read() -> PlainDate? {
        guard let days = days() else { return nil }
        if bytes.count == 10 { return PlainDate(local: days * 86_400_000_000, hasTime: false) }
        guard bytes.count >= 19, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
            let second = secondOfDay()
        else { return nil }
        var at = 19
        guard let nanoseconds = fraction(&at) else { return nil }
        let local = (days * 86_400 + second) * 1_000_000 + nanoseconds / 1_000
        if at == bytes.count { return PlainDate(local: local, nanoseconds: nanoseconds % 1_000, hasTime: true) }
        guard let offset = offset(at) else { return nil }
        return PlainDate(local: local, nanoseconds: nanoseconds % 1_000, offset: offset, hasTime: true)
    }

    /// So many digits from a place.
    private func number(_ at: Int, _ count: Int) -> Int? {
        guard at + count <= bytes.count else { return nil }
        var value = 0
        for position in at..<(at + count) {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    private func days() -> Int? {
        guard let year = number(0, 4), bytes[4] == UInt8(ascii: "-"), let month = number(5, 2),
            bytes[7] == UInt8(ascii: "-"), let day = number(8, 2), year > 0, (1...12).contains(month), day > 0,
            day <= CivilCalendar.daysInMonth(month, of: year)
        else { return nil }
        return CivilCalendar.days(year, month, day)
    }

    private func secondOfDay() -> Int? {
        guard let hour = number(11, 2), bytes[13] == UInt8(ascii: ":"), let minute = number(14, 2),
            bytes[16] == UInt8(ascii: ":"), let second = number(17, 2), hour < 24, minute < 60, second < 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    /// The nanoseconds behind a point, at most nine digits; 0 where there is none.
    private func fraction(_ at: inout Int) -> Int? {
        guard at < bytes.count, bytes[at] == UInt8(ascii: ".") else { return 0 }
        at += 1
        var (value, digits) = (0, 0)
        while at < bytes.count, let digit = number(at, 1) {
            value = value * 10 + digit
            digits += 1
            at += 1
            if digits > 9 { return nil }
        }
        guard digits > 0 else { return nil }
        for _ in digits..<9 { value *= 10 }
        return value
    }

    /// `Z`, `+05:30` or `+0530` as the end of the text.
    private func offset(_ at: Int) -> Int? {
        let sign = bytes[at]
        if sign == UInt8(ascii: "Z") { return at + 1 == bytes.count ? 0 : nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = number(at + 1, 2) else { return nil }
        let hasColon = at + 3 < bytes.count && bytes[at + 3] == UInt8(ascii: ":")
        let place = hasColon ? at + 4 : at + 3
        guard place + 2 == bytes.count, let minutes = number(place, 2), hours < 24, minutes < 60 else { return nil }
        return (hours * 3_600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
    }
}
