// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The words that a date is written with, in one language.
struct DateNames {
    let months: [String]
    let shortMonths: [String]
    /// The months as they stand alone, which some languages write otherwise inside a date: `январь`, not `января`.
    let standaloneMonths: [String]
    /// From Sunday.
    let weekdays: [String]
    let shortWeekdays: [String]
    let morning: String
    let afternoon: String

    /// As Ruby's `strftime` writes them.
    static let english: DateNames = {
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November",
            "December",
        ]
        let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
        return DateNames(
            months: months,
            shortMonths: months.map { String($0.prefix(3)) },
            standaloneMonths: months,
            weekdays: weekdays,
            shortWeekdays: weekdays.map { String($0.prefix(3)) },
            morning: "AM",
            afternoon: "PM"
        )
    }()

    /// The words of a language, in the forms that stand inside a date (ICU, Unicode's CLDR); English where it has none.
    static func of(_ locale: Locale) -> DateNames {
        let formatter = DateFormatter()
        formatter.calendar = Calendar(identifier: .gregorian)
        formatter.locale = locale
        let english = DateNames.english
        func names(_ found: [String]?, or other: [String]) -> [String] {
            found.flatMap { $0.count == other.count ? $0 : nil } ?? other
        }
        return DateNames(
            months: names(formatter.monthSymbols, or: english.months),
            shortMonths: names(formatter.shortMonthSymbols, or: english.shortMonths),
            standaloneMonths: names(formatter.standaloneMonthSymbols, or: english.months),
            weekdays: names(formatter.weekdaySymbols, or: english.weekdays),
            shortWeekdays: names(formatter.shortWeekdaySymbols, or: english.shortWeekdays),
            morning: formatter.amSymbol,
            afternoon: formatter.pmSymbol
        )
    }
}
