// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Liquid
import PartnerAPI
import PhoneNumbers

/// Finds who gets a message.
struct RecipientResolver {
    /// The rule's country of numbers without country code.
    let ruleCountry: String?
    /// The source's.
    let sourceCountry: String?

    /// Finds one recipient.
    ///
    /// - Parameters:
    ///   - plan: One entry of `to`.
    ///   - scope: What its texts can name.
    /// - Returns: Who gets the message.
    /// - Throws: A refusal with the reason of every candidate.
    func resolve(_ plan: RecipientPlan, _ scope: LiquidScope) throws(Refusal) -> MessageRequest.Recipient {
        switch plan {
        case .contact(let expression): try contact(expression, scope)
        case .phone(let candidates, let country, let location): try phone(candidates, country, location, scope)
        }
    }

    private func contact(_ expression: Expression, _ scope: LiquidScope) throws(Refusal) -> MessageRequest.Recipient {
        let id = ParameterCleaning.clean(try expression.render(scope))
        guard !id.isEmpty else { throw Refusal(.undefined, "the contact id is empty", at: expression.location) }
        return .contact(id)
    }

    private func phone(
        _ candidates: [Expression],
        _ country: Expression?,
        _ location: SourceLocation,
        _ scope: LiquidScope
    ) throws(Refusal) -> MessageRequest.Recipient {
        let countries = countries(country, scope)
        var reasons: [String] = []
        for candidate in candidates {
            do throws(Refusal) {
                let written = try candidate.render(scope)
                switch read(written, countries) {
                case .success(let number): return .phone(number)
                case .failure(let reason): reasons.append(reason.text)
                }
            } catch {
                guard error.code == .undefined else { throw error }
                reasons.append(error.reason)
            }
        }
        let numbered = reasons.count == 1 ? reasons : reasons.enumerated().map { "\($0 + 1): \($1)" }
        throw Refusal(.badPhone, "no phone number to send to: \(numbered.joined(separator: "; "))", at: location)
    }

    /// The countries to read a number in, by preference, each once.
    private func countries(_ expression: Expression?, _ scope: LiquidScope) -> [String] {
        var countries: [String] = []
        // A country that the event lacks is no reason to refuse: the next one in the order stands in.
        let own = expression.flatMap { try? $0.render(scope) }?.uppercased()
        for country in [own, ruleCountry, sourceCountry].compactMap(\.self) where !country.isEmpty {
            if !countries.contains(country) { countries.append(country) }
        }
        return countries
    }

    private struct Reason: Error {
        let text: String
    }

    private func read(_ written: String, _ countries: [String]) -> Result<PhoneNumberDigits, Reason> {
        var first: String?
        for country in countries.isEmpty ? [nil] : countries.map(Optional.some) {
            do throws(PhoneNumberError) {
                let number = try PhoneNumber(written, country: country)
                if let digits = try? PhoneNumberDigits(number.digits) { return .success(digits) }
                first = first ?? "the phone number is longer than the partner takes"
            } catch {
                first = first ?? error.description
            }
        }
        return .failure(Reason(text: first ?? "the phone number cannot be read"))
    }
}
