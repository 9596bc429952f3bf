// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CPhoneNumber

/// The numbering plans as tables: decides numbers as they are nearly always written, in less than a microsecond.
///
/// It takes the way of libphonenumber's `ParseHelper`, `GetRegionCodeForNumber` and `GetNumberType`, and answers only
/// where that way is plain and ends at a number that the plans have. For everything else it answers `nil`, and
/// libphonenumber itself is asked: no number is refused here. Nothing is kept of the numbers.
struct NumberingTables: Sendable {
    /// A number that the plans have.
    struct Found {
        let digits: PackedDigits
        let national: PackedDigits
        /// `001` where it is no country's.
        let country: String
        /// `CPHONE_MOBILE` and the like.
        let type: Int32
    }

    /// Those of the plans in use.
    static let inUse = NumberingTables(NumberingPlans.inUse.plans)

    private let plans: [CountryPlan]
    /// For each calling code its countries' positions, the main one first.
    private let byCallingCode: [[Int]]
    /// The position of each country by its two letters, -1 where there is none.
    private let byLetters: [Int]

    /// The tables of plans, which are made when the first number of each comes.
    init(_ sources: [PlanSource]) {
        plans = sources.map(CountryPlan.init)
        var byCallingCode = [[Int]](repeating: [], count: 1_000)
        var byLetters = [Int](repeating: -1, count: 26 * 26)
        for (position, plan) in plans.enumerated() where byCallingCode.indices.contains(plan.callingCode) {
            byCallingCode[plan.callingCode].insert(
                position,
                at: plan.isMain ? 0 : byCallingCode[plan.callingCode].count
            )
            if let place = Self.place(plan.code) { byLetters[place] = position }
        }
        self.byCallingCode = byCallingCode
        self.byLetters = byLetters
    }

    private static func place(_ code: String) -> Int? {
        guard code.utf8.count == 2 else { return nil }
        var place = 0
        for byte in code.utf8 {
            let letter = Int(byte) - 65
            guard (0..<26).contains(letter) else { return nil }
            place = place * 26 + letter
        }
        return place
    }

    /// The plan of a country.
    ///
    /// - Parameter code: Two letters in upper case.
    /// - Returns: `nil` where the file has no plan of it.
    func plan(_ code: String) -> CountryPlan? {
        guard let place = Self.place(code), byLetters[place] >= 0 else { return nil }
        return plans[byLetters[place]]
    }

    /// Looks up a number that begins with a calling code.
    ///
    /// - Parameter digits: What stands behind the plus.
    /// - Returns: The number; `nil` where libphonenumber is to be asked.
    func international(_ digits: PackedDigits) -> Found? {
        guard digits.first != 0 else { return nil }
        for length in 1...3 where digits.count > length {
            let countries = byCallingCode[digits.value(ofFirst: length)]
            guard let main = countries.first else { continue }
            return number(digits.dropFirst(length), dialledIn: plans[main], countries)
        }
        return nil
    }

    /// Looks up a number as it is dialled within a country, or with the country's own calling code in front.
    ///
    /// - Parameters:
    ///   - digits: What was dialled.
    ///   - code: The country's two letters.
    /// - Returns: The number; `nil` where libphonenumber is to be asked.
    func national(_ digits: PackedDigits, in code: String) -> Found? {
        guard let home = plan(code), let patterns = home.patterns, let exitCode = patterns.exitCode,
            exitCode.prefixLengths(digits) == 0
        else { return nil }
        let countries = byCallingCode[home.callingCode]
        guard digits.starts(with: home.callingDigits) else { return number(digits, dialledIn: home, countries) }
        let rest = digits.dropFirst(home.callingDigits.count)
        guard let short = Self.withoutPrefix(rest, home) else { return nil }
        let isBetter = !patterns.general.pattern.matches(digits) && patterns.general.pattern.matches(short)
        guard isBetter || patterns.isTooLong(digits.count) else { return number(digits, dialledIn: home, countries) }
        guard let main = countries.first else { return nil }
        return number(short, dialledIn: plans[main], countries)
    }

    /// Decides digits without calling code.
    private func number(_ dialled: PackedDigits, dialledIn plan: CountryPlan, _ countries: [Int]) -> Found? {
        guard let short = Self.withoutPrefix(dialled, plan), let dialling = plan.patterns else { return nil }
        let national = dialling.isPossible(short.count) || dialling.isTooLong(short.count) ? short : dialled
        guard let main = countries.first, plans[main].patterns?.isPossible(national.count) == true else { return nil }
        for position in countries {
            guard let patterns = plans[position].patterns else { return nil }
            if countries.count > 1, let leading = patterns.leadingDigits, leading.prefixLengths(national) == 0 {
                continue
            }
            let type = patterns.type(of: national)
            if type != Int32(CPHONE_UNKNOWN) { return found(national, plans[position], type) }
            // Digits that lead to a country which has no such number lead to none.
            if countries.count == 1 || patterns.leadingDigits != nil { return nil }
        }
        return nil
    }

    private func found(_ national: PackedDigits, _ plan: CountryPlan, _ type: Int32) -> Found? {
        guard let digits = plan.callingDigits.appending(national) else { return nil }
        return Found(digits: digits, national: national, country: plan.code, type: type)
    }

    /// The digits without what is dialled before a number within the country.
    ///
    /// - Returns: The digits, cut or as they were; `nil` where it takes more than cutting to know.
    private static func withoutPrefix(_ digits: PackedDigits, _ plan: CountryPlan) -> PackedDigits? {
        guard let patterns = plan.patterns else { return nil }
        guard let prefix = patterns.nationalPrefix else { return digits }
        let lengths = prefix.prefixLengths(digits)
        // No prefix at all, or one of nothing.
        if lengths <= 1 { return digits }
        guard lengths.nonzeroBitCount == 1, !plan.hasTransformRule else { return nil }
        let cut = digits.dropFirst(lengths.trailingZeroBitCount)
        let general = patterns.general.pattern
        return general.matches(digits) && !general.matches(cut) ? digits : cut
    }
}
