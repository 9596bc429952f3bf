// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Decides which number digits are: international, or one of the country that they are read in.
struct NumberReading {
    private let written: WrittenNumber
    private let home: Country?
    /// The reason where there is no country to read them in.
    private let missing: PhoneNumberError.Code

    init(_ written: WrittenNumber, home: Country?, orElse missing: PhoneNumberError.Code) {
        self.written = written
        self.home = home
        self.missing = missing
    }

    /// A number, and how it was read.
    struct Found {
        let number: LookedUp
        /// Whether the digits themselves say which country the number is of.
        let isInternational: Bool
    }

    /// Reads the number.
    ///
    /// - Parameter allowed: Kinds of numbers that are otherwise refused.
    /// - Returns: A number that a message can go to.
    /// - Throws: The reason why it is none.
    func read(allowing allowed: Set<NumberKind>) throws(WrittenNumber.Mistake) -> Found {
        do throws(PhoneNumberError.Code) {
            let refusesTests = !allowed.contains(.testNumber)
            if refusesTests, WrittenNumber.isTestNumber(written.digits) { throw .testNumber }
            let found = try find()
            if refusesTests, WrittenNumber.isTestNumber(found.number.national) { throw .testNumber }
            if let reason = found.number.refusal(allowing: allowed) { throw reason }
            return found
        } catch {
            throw WrittenNumber.Mistake(error)
        }
    }

    private func find() throws(PhoneNumberError.Code) -> Found {
        if written.hasPlus { return try international(written.digits) }
        guard let home else {
            guard let digits = written.zeroed else { throw missing }
            return try international(digits)
        }
        let own = Result { () throws(PhoneNumberError.Code) in try LookedUp(written.digits, region: home.code) }
        if case .success(let number) = own, number.isValid || number.isShortCode {
            return Found(number: number, isInternational: number.hasExitCode)
        }
        if let found = try behindZeros(own) { return found }
        if let number = withCallingCode(home) { return Found(number: number, isInternational: false) }
        let number = try own.get()
        return Found(number: number, isInternational: number.hasExitCode)
    }

    private func international(_ digits: String) throws(PhoneNumberError.Code) -> Found {
        Found(number: try LookedUp(digits, region: nil), isInternational: true)
    }

    /// What `00` leads to, where the country's own exit codes lead to no number that could be.
    ///
    /// In Thailand, `001 65 …` is a call to Singapore: its digits behind `00` would be a stranger's in America. So a
    /// number that is merely not given out there stays refused.
    private func behindZeros(_ own: Result<LookedUp, PhoneNumberError.Code>) throws(PhoneNumberError.Code) -> Found? {
        guard let digits = written.zeroed else { return nil }
        guard case .success(let number) = own, number.hasExitCode else { return try international(digits) }
        guard !number.isPossible, let other = try? international(digits), other.number.isValid else { return nil }
        return other
    }

    /// The number that bare digits are with the country's own calling code in front.
    private func withCallingCode(_ home: Country) -> LookedUp? {
        let significant = String(written.digits.drop { $0 == "0" })
        guard significant.hasPrefix(home.callingCode), let number = try? LookedUp(significant, region: nil),
            number.isValid, number.country == home.code
        else { return nil }
        return number
    }
}
