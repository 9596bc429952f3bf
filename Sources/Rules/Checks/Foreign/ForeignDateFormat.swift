// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A date's format as other tools write it: without `%`, so that Liquid prints its letters.
///
/// - SeeAlso: [Moment](https://momentjs.com/docs/#/displaying/format/),
///   [PHP](https://www.php.net/manual/en/datetime.format.php),
///   [Unicode TR 35, which Java follows](https://www.unicode.org/reports/tr35/tr35-dates.html#Date_Field_Symbol_Table)
enum ForeignDateFormat {
    /// Moment's and Java's fields; they differ in the year and the day, and hardly ever mean another one.
    private static let long: [String: String] = [
        "YYYY": "%Y", "yyyy": "%Y", "YY": "%y", "yy": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%-m",
        "DD": "%d", "dd": "%d", "D": "%-d", "d": "%-d", "Do": "%-d", "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I",
        "mm": "%M", "ss": "%S", "A": "%p", "a": "%p", "dddd": "%A", "ddd": "%a", "EEEE": "%A", "EEE": "%a", "E": "%a",
        "Z": "%z", "z": "%Z", "SSS": "%L", "y": "%Y",
    ]
    /// PHP's letters.
    private static let php: [Character: String] = [
        "d": "%d", "j": "%-d", "D": "%a", "l": "%A", "m": "%m", "n": "%-m", "M": "%b", "F": "%B", "Y": "%Y", "y": "%y",
        "H": "%H", "G": "%-H", "h": "%I", "g": "%-I", "i": "%M", "s": "%S", "A": "%p", "a": "%P", "T": "%Z", "O": "%z",
    ]

    /// What is wrong with a format, and how to write it.
    ///
    /// - Parameter format: The first argument of `date`.
    /// - Returns: A sentence, and what to write where that is known; `nil` when nothing is wrong.
    static func finding(in format: String) -> (message: String, hint: String?)? {
        guard !format.contains("%") else { return minutes(in: format) }
        guard format.contains(where: \.isLetter) else { return nil }
        let message =
            "found the format '\(format)' without '%', which prints these letters; expected one such as '%d %B %Y'"
        return (message, translated(format).map { "write '\($0)'" })
    }

    /// `%M` among day and year is not the month.
    private static func minutes(in format: String) -> (message: String, hint: String?)? {
        guard format.contains("%M") else { return nil }
        let hasDay = format.contains("%d") || format.contains("%e") || format.contains("%-d")
        let hasHour = ["%H", "%I", "%l", "%k", "%-H", "%-I"].contains(where: format.contains)
        let hasMonth = ["%m", "%B", "%b", "%h", "%-m", "%^b", "%^B"].contains(where: format.contains)
        guard hasDay, !hasHour, !hasMonth else { return nil }
        let message = "found '%M', which are minutes, beside a day and no hour; expected a month"
        return (message, "write '\(format.replacing("%M", with: "%m"))'")
    }

    /// The same format with `%`; `nil` where a letter has no meaning in those tools.
    private static func translated(_ format: String) -> String? {
        let runs = format.reduce(into: [String]()) { runs, letter in
            if runs.last?.last == letter { runs[runs.count - 1].append(letter) } else { runs.append(String(letter)) }
        }
        let words = runs.filter { $0.first?.isLetter == true }
        let isLong = words.contains { $0.count > 1 }
        var result = ""
        for run in runs {
            guard let first = run.first, first.isLetter else {
                result += run
                continue
            }
            if run == "T", isLong {
                result += run
                continue
            }
            guard let directive = isLong ? long[run] : php[first] else { return nil }
            result += directive
        }
        return result
    }
}
