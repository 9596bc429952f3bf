// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CPhoneNumber
internal import NIOConcurrencyHelpers

/// One country's numbering plan: what stands in the file, and, from the first number on, its patterns as tables.
final class CountryPlan: Sendable {
    /// The ISO 3166 code; `001` for numbers of no country.
    let code: String
    /// The digits in front of its numbers.
    let callingCode: Int
    let callingDigits: PackedDigits
    /// Whether it speaks for all countries of its calling code.
    let isMain: Bool
    /// Whether its numbers of local form are rewritten, not only cut.
    let hasTransformRule: Bool
    private let source: PlanSource
    private let compiled = NIOLockedValueBox<CompiledPlan??>(nil)

    init(_ source: PlanSource) {
        code = source.code
        callingCode = source.callingCode
        callingDigits = PackedDigits(value: source.callingCode)
        isMain = source.isMain
        hasTransformRule = source.hasTransformRule
        self.source = source
    }

    /// The patterns as tables; `nil` where one of them cannot be one.
    ///
    /// Made when the first number of the country comes, which takes milliseconds, and kept.
    var patterns: CompiledPlan? {
        compiled.withLockedValue { known in
            if let known { return known }
            let made = CompiledPlan(source)
            known = .some(made)
            return made
        }
    }
}

/// The patterns of a plan, ready to be asked.
final class CompiledPlan: Sendable {
    /// The numbers of one kind.
    struct Kind {
        /// `CPHONE_MOBILE` and the like.
        let type: Int32
        /// A bit for each possible number of digits; 0 for any.
        let lengths: UInt64
        let pattern: DigitPattern

        func has(_ digits: PackedDigits) -> Bool {
            (lengths == 0 || lengths >> UInt64(digits.count) & 1 == 1) && pattern.matches(digits)
        }
    }

    /// All numbers of the plan.
    let general: Kind
    /// Lengths within the country alone.
    private let localLengths: UInt64
    /// Kinds in the order in which libphonenumber asks for them, landlines and mobiles left out.
    private let services: [Kind]
    private let landline: Kind?
    private let mobile: Kind?
    /// What is dialled before a number within the country.
    let nationalPrefix: DigitPattern?
    /// What is dialled before a foreign number.
    let exitCode: DigitPattern?
    /// What the numbers of this of several countries begin with.
    let leadingDigits: DigitPattern?

    /// Compiles a plan; `nil` where a pattern is not understood, or there is none at all.
    init?(_ source: PlanSource) {
        var known: [String: DigitPattern] = [:]
        func compiled(_ text: String?) throws(NotUnderstood) -> DigitPattern? {
            guard let text else { return nil }
            if let pattern = known[text] { return pattern }
            guard let pattern = DigitPattern(text) else { throw NotUnderstood() }
            known[text] = pattern
            return pattern
        }
        func kind(_ field: Int) throws(NotUnderstood) -> Kind? {
            guard let found = source.kinds[field], let pattern = try compiled(found.pattern) else { return nil }
            return Kind(type: PlanSource.type(field), lengths: found.lengths, pattern: pattern)
        }
        do throws(NotUnderstood) {
            guard let general = try kind(PlanSource.general), general.lengths != 0 else { return nil }
            self.general = general
            var services: [Kind] = []
            for field in PlanSource.services { if let found = try kind(field) { services.append(found) } }
            self.services = services
            landline = try kind(PlanSource.landline)
            mobile = try kind(PlanSource.mobile)
            nationalPrefix = try compiled(source.nationalPrefix)
            exitCode = try compiled(source.exitCode)
            leadingDigits = try compiled(source.leadingDigits)
            localLengths = source.kinds[PlanSource.general]?.localLengths ?? 0
        } catch {
            return nil
        }
    }

    private struct NotUnderstood: Error {}

    /// Whether the plan has numbers of that length, which are not local alone.
    func isPossible(_ count: Int) -> Bool {
        general.lengths >> UInt64(count) & 1 == 1 && localLengths >> UInt64(count) & 1 == 0
    }

    /// Whether digits are more than any number of the plan.
    func isTooLong(_ count: Int) -> Bool {
        count > 63 - general.lengths.leadingZeroBitCount && localLengths >> UInt64(count) & 1 == 0
    }

    /// Who answers a number: `CPHONE_MOBILE` and the like, `CPHONE_UNKNOWN` where the plan has no such number.
    func type(of digits: PackedDigits) -> Int32 {
        guard general.has(digits) else { return Int32(CPHONE_UNKNOWN) }
        for kind in services where kind.has(digits) { return kind.type }
        let isMobile = mobile?.has(digits) ?? false
        guard landline?.has(digits) ?? false else { return Int32(isMobile ? CPHONE_MOBILE : CPHONE_UNKNOWN) }
        return Int32(isMobile ? CPHONE_FIXED_LINE_OR_MOBILE : CPHONE_FIXED_LINE)
    }
}
