// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// The format of `date`: the directives of Ruby's `strftime`, flags (`-`, `0`, `_`, `^`, `#`, `:`) and widths included.
///
/// A directive that does not exist is printed as it is written. Names are English unless others are given.
struct DateFormat {
    private let format: [Character]
    private let names: DateNames

    private static let compounds: [Character: String] = [
        "c": "%a %b %e %H:%M:%S %Y", "D": "%m/%d/%y", "x": "%m/%d/%y", "F": "%Y-%m-%d", "T": "%H:%M:%S",
        "X": "%H:%M:%S", "R": "%H:%M", "r": "%I:%M:%S %p", "v": "%e-%^b-%Y", "+": "%a %b %e %H:%M:%S %Z %Y",
    ]

    /// What stands between the percent sign and the letter.
    private struct Flags {
        var pad: Character?
        var isUpper = false
        var swapsCase = false
        var colons = 0
        var width: Int?
    }

    init(_ format: String, _ names: DateNames = .english) {
        self.format = Array(format)
        self.names = names
    }

    /// A date in a format; the directives that nearly all formats are made of are written at once.
    static func text(_ format: String, _ names: DateNames, for time: CivilTime) -> String {
        plain(format, names, time) ?? DateFormat(format, names).string(for: time)
    }

    /// The same for a format of ASCII without any flag but `-`; `nil` for every other.
    private static func plain(_ format: String, _ names: DateNames, _ time: CivilTime) -> String? {
        var output = ""
        var bytes = format.utf8.makeIterator()
        while let byte = bytes.next() {
            guard byte < 0x80 else { return nil }
            guard byte == UInt8(ascii: "%") else {
                output.unicodeScalars.append(Unicode.Scalar(byte))
                continue
            }
            guard var directive = bytes.next() else { return nil }
            let isBare = directive == UInt8(ascii: "-")
            if isBare {
                guard let next = bytes.next() else { return nil }
                directive = next
            }
            guard append(directive, isBare, names, time, to: &output) else { return nil }
        }
        return output
    }

    private static func append(
        _ directive: UInt8,
        _ isBare: Bool,
        _ names: DateNames,
        _ time: CivilTime,
        to output: inout String
    ) -> Bool {
        switch Unicode.Scalar(directive) {
        case "d": append(time.day, isBare, to: &output)
        case "m": append(time.month, isBare, to: &output)
        case "H": append(time.hour, isBare, to: &output)
        case "I": append(time.hour12, isBare, to: &output)
        case "M": append(time.minute, isBare, to: &output)
        case "S": append(time.second, isBare, to: &output)
        case "y": append(time.year % 100, isBare, to: &output)
        case "Y" where time.year > 999: output += String(time.year)
        case "B" where !isBare: output += names.months[time.month - 1]
        case "b" where !isBare: output += names.shortMonths[time.month - 1]
        case "A" where !isBare: output += names.weekdays[time.weekday]
        case "a" where !isBare: output += names.shortWeekdays[time.weekday]
        case "p" where !isBare: output += time.hour < 12 ? names.morning : names.afternoon
        default: return false
        }
        return true
    }

    private static func append(_ value: Int, _ isBare: Bool, to output: inout String) {
        if value < 10, value >= 0, !isBare { output += "0" }
        output += String(value)
    }

    func string(for time: CivilTime) -> String {
        var output = ""
        var index = 0
        while index < format.count {
            guard format[index] == "%" else {
                output.append(format[index])
                index += 1
                continue
            }
            let start = index
            index += 1
            var flags = Flags()
            while index < format.count, Self.take(format[index], into: &flags) { index += 1 }
            if index < format.count, let text = text(format[index], flags, time) {
                output += text
                index += 1
            } else {
                index = min(index + 1, format.count)
                output += String(format[start..<index])
            }
        }
        return output
    }

    private static func take(_ character: Character, into flags: inout Flags) -> Bool {
        switch character {
        case "-", "_": flags.pad = character
        case "0" where flags.width == nil: flags.pad = character
        case "^": flags.isUpper = true
        case "#": flags.swapsCase = true
        case ":": flags.colons += 1
        default:
            guard let digit = character.wholeNumberValue, character.isASCII else { return false }
            flags.width = min((flags.width ?? 0) * 10 + digit, 64)
        }
        return true
    }

    private func text(_ directive: Character, _ flags: Flags, _ time: CivilTime) -> String? {
        if let (value, width, pad) = Self.number(directive, time) { return Self.padded(value, width, pad, flags) }
        if directive == "N" || directive == "L" { return Self.fraction(directive, flags, time) }
        if directive == "z" { return Self.offset(flags, time) }
        guard let word = word(directive, flags, time) else { return nil }
        var text = flags.isUpper ? word.uppercased() : word
        if flags.swapsCase { text = directive == "p" || directive == "Z" ? word.lowercased() : word.uppercased() }
        let fill = flags.pad == "0" ? "0" : " "
        return String(repeating: fill, count: max(0, (flags.width ?? 0) - text.count)) + text
    }

    /// The value of a directive that is a number, its width and what it is filled with.
    private static func number(_ directive: Character, _ time: CivilTime) -> (value: Int, width: Int, pad: Character)? {
        switch directive {
        case "Y": (time.year, 4, "0")
        case "C": (CivilCalendar.floor(time.year, 100), 2, "0")
        case "y": (time.year % 100, 2, "0")
        case "m": (time.month, 2, "0")
        case "d": (time.day, 2, "0")
        case "e": (time.day, 2, "_")
        case "j": (time.dayOfYear, 3, "0")
        case "H": (time.hour, 2, "0")
        case "k": (time.hour, 2, "_")
        case "I": (time.hour12, 2, "0")
        case "l": (time.hour12, 2, "_")
        case "M": (time.minute, 2, "0")
        case "S": (time.second, 2, "0")
        case "s": (time.seconds, 1, "0")
        case "u": ((time.weekday + 6) % 7 + 1, 1, "0")
        case "w": (time.weekday, 1, "0")
        case "G": (time.isoWeek.year, 4, "0")
        case "g": (time.isoWeek.year % 100, 2, "0")
        case "V": (time.isoWeek.week, 2, "0")
        case "U": ((time.dayOfYear + 6 - time.weekday) / 7, 2, "0")
        case "W": ((time.dayOfYear + 6 - (time.weekday + 6) % 7) / 7, 2, "0")
        default: nil
        }
    }

    private static func padded(_ value: Int, _ width: Int, _ pad: Character, _ flags: Flags) -> String {
        let pad = flags.pad ?? pad
        let digits = String(abs(value))
        let sign = value < 0 ? "-" : ""
        guard pad != "-" else { return sign + digits }
        let count = max(0, (flags.width ?? width) - digits.count - sign.count)
        return pad == "_"
            ? String(repeating: " ", count: count) + sign + digits
            : sign + String(repeating: "0", count: count) + digits
    }

    private static func fraction(_ directive: Character, _ flags: Flags, _ time: CivilTime) -> String {
        let digits = String(String(1_000_000_000 + time.microseconds * 1_000 + time.nanoseconds).dropFirst())
        let width = flags.width ?? (directive == "L" ? 3 : 9)
        return String((digits + String(repeating: "0", count: max(0, width - 9))).prefix(width))
    }

    /// `+0530`, with colons `+05:30` and `+05:30:00`.
    private static func offset(_ flags: Flags, _ time: CivilTime) -> String {
        let seconds = abs(time.offset)
        let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { String(String(100 + $0).dropFirst()) }
        let sign = time.offset < 0 ? "-" : "+"
        return sign + parts.prefix(flags.colons == 2 ? 3 : 2).joined(separator: flags.colons == 0 ? "" : ":")
    }

    private func word(_ directive: Character, _ flags: Flags, _ time: CivilTime) -> String? {
        switch directive {
        case "B": names.months[time.month - 1]
        case "b", "h": names.shortMonths[time.month - 1]
        case "A": names.weekdays[time.weekday]
        case "a": names.shortWeekdays[time.weekday]
        case "p": time.hour < 12 ? names.morning : names.afternoon
        case "P": (time.hour < 12 ? names.morning : names.afternoon).lowercased()
        case "Z": time.zoneName
        case "n": "\n"
        case "t": "\t"
        case "%": "%"
        default: Self.compounds[directive].map { DateFormat($0, names).string(for: time) }
        }
    }
}
