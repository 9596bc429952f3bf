// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Liquid
import PartnerAPI
import PhoneNumbers

/// Decides in which country a number without country code is read: the only place that does.
///
/// What the event states is the only country that counts. A number that is not valid there is refused, and never tried
/// in another country: it would reach a stranger. The rule's own country, that of the file's `defaults`, and the
/// source's follow in this order, each only where those before state none.
struct CountryChoice {
    /// The country; `nil` where none is stated, or one that nobody knows.
    let country: Country?
    /// What was chosen; `nil` where nobody states a country.
    let use: CountryUse?

    /// Why a number without country code is refused where there is no country.
    var missing: PhoneNumberError.Code { use == nil ? .noCountry : .unknownCountry }

    /// Chooses.
    ///
    /// - Parameters:
    ///   - expression: `to.country`.
    ///   - scope: What it can name.
    ///   - defaults: The file's country.
    ///   - source: The source's country.
    /// - Throws: A refusal when `to.country` has a mistake that only shows now; a missing value is none.
    init(_ expression: Expression?, _ scope: LiquidScope, defaults: String?, source: String?) throws(Refusal) {
        if let expression, let text = try Self.stated(expression, scope) {
            self.init(text, expression.constant == nil ? .event : .rule)
        } else if let defaults {
            self.init(defaults, .defaults)
        } else if let source {
            self.init(source, .source)
        } else {
            self.init(country: nil, use: nil)
        }
    }

    private init(country: Country?, use: CountryUse?) {
        self.country = country
        self.use = use
    }

    private init(_ text: String, _ origin: CountryUse.Origin) {
        let country = Country(text)
        self.init(
            country: country,
            use: CountryUse(code: country?.code, origin: origin, written: Self.shown(text, isCountry: country != nil))
        )
    }

    /// What `to.country` gives; `nil` for what is missing, blank or `false`, as some senders write "none".
    private static func stated(_ expression: Expression, _ scope: LiquidScope) throws(Refusal) -> String? {
        do throws(Refusal) {
            let value = try expression.evaluate(scope)
            guard value.isTruthy else { return nil }
            let text = if let text = value.asString { text } else { try expression.render(scope) }
            let country = ParameterCleaning.clean(text)
            return country.isEmpty ? nil : country
        } catch {
            guard error.code == .undefined else { throw error }
            return nil
        }
    }

    /// The text as a reason may show it: short, and without digits where it could be a phone number.
    private static func shown(_ text: String, isCountry: Bool) -> String {
        // No phone number has three digits, and none is read as a country.
        let isHarmless = isCountry || text.count(where: \.isNumber) <= 3
        let letters = isHarmless ? text : text.map { $0.isNumber ? "…" : String($0) }.joined()
        return letters.count > 40 ? letters.prefix(39) + "…" : letters
    }
}
