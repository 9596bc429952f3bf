// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Liquid
import PartnerAPI
import PhoneNumbers

/// Finds who gets a message.
struct RecipientResolver {
    /// Who gets the message, and what says so.
    struct Found {
        let recipient: MessageRequest.Recipient
        /// The number's country; `nil` for a recipient without number.
        var country: CountryUse?
        /// The region that the number is of, which is not always the one that it was read in.
        var region: String?
    }

    /// The file's country of numbers without country code.
    let defaultCountry: String?
    /// The source's.
    let sourceCountry: String?
    /// Kinds of numbers that the file, else the source allows.
    let allowed: Set<NumberKind>

    /// Finds one recipient.
    ///
    /// - Parameters:
    ///   - plan: One entry of `to`.
    ///   - scope: What its texts can name.
    /// - Returns: Who gets the message.
    /// - Throws: A refusal with the reason of every candidate.
    func resolve(_ plan: RecipientPlan, _ scope: LiquidScope) throws(Refusal) -> Found {
        switch plan {
        case .contact(let expression): Found(recipient: try contact(expression, scope))
        case .whatsAppID(let expression): found(try whatsAppID(expression, scope))
        case .phone(let plan): try phone(plan, scope)
        }
    }

    private func contact(_ expression: Expression, _ scope: LiquidScope) throws(Refusal) -> MessageRequest.Recipient {
        let id = ParameterCleaning.clean(try expression.render(scope))
        guard !id.isEmpty else { throw Refusal(.undefined, "the contact id is empty", at: expression.location) }
        return .contact(id)
    }

    private func whatsAppID(_ expression: Expression, _ scope: LiquidScope) throws(Refusal) -> MessageRequest.Recipient
    {
        let text = try expression.render(scope)
        do {
            return .phone(try PhoneNumberDigits(try WhatsAppID(text).digits))
        } catch {
            throw Refusal(.badWhatsAppID, "\(error)", at: expression.location)
        }
    }

    private func found(_ recipient: MessageRequest.Recipient) -> Found {
        guard case .phone(let number) = recipient else { return Found(recipient: recipient) }
        return Found(recipient: recipient, region: Country.code(ofInternational: number.digits))
    }

    private func phone(_ plan: PhonePlan, _ scope: LiquidScope) throws(Refusal) -> Found {
        let choice = try CountryChoice(plan.country, scope, defaults: defaultCountry, source: sourceCountry)
        let reader = CandidateReader(choice: choice, allowed: plan.allowed ?? allowed, takesFirst: plan.takesFirst)
        var reasons: [String] = []
        for candidate in plan.candidates {
            do throws(Refusal) {
                let written = try candidate.expression.render(scope)
                switch reader.read(candidate.isRead ? "+" + written : written) {
                case .success(let found): return found
                case .failure(let reason): reasons.append(reason.text)
                }
            } catch {
                // A missing value, or a number that the filter `phone` refuses: the next one stands in.
                guard error.code == .undefined || error.code == .liquid else { throw error }
                reasons.append(error.reason)
            }
        }
        let numbered = reasons.count == 1 ? reasons : reasons.enumerated().map { "\($0 + 1): \($1)" }
        let reason = "no phone number to send to: \(numbered.joined(separator: "; "))"
        throw Refusal(.badPhone, reason, at: plan.location, country: choice.use)
    }
}

/// Reads what one text of `to.phone` gave.
private struct CandidateReader {
    struct Reason: Error {
        let text: String
    }

    let choice: CountryChoice
    let allowed: Set<NumberKind>
    let takesFirst: Bool

    func read(_ written: String) -> Result<RecipientResolver.Found, Reason> {
        do throws(PhoneNumberError) {
            let number = try PhoneNumber.read(
                written,
                at: choice.country,
                orElse: choice.missing,
                allowing: allowed,
                takesFirst: takesFirst
            )
            guard let digits = try? PhoneNumberDigits(number.digits) else {
                return .failure(Reason(text: "the phone number is longer than the partner takes"))
            }
            let own = CountryUse(code: number.country == "001" ? nil : number.country, origin: .number)
            let country = number.isInternational ? own : choice.use
            return .success(.init(recipient: .phone(digits), country: country, region: number.country))
        } catch {
            return .failure(Reason(text: sentence(error)))
        }
    }

    /// The error, with who stated the country that it speaks of, and the key that helps.
    private func sentence(_ error: PhoneNumberError) -> String {
        error.description + statement(error) + (advice(error).map { "; \($0)" } ?? "")
    }

    private func statement(_ error: PhoneNumberError) -> String {
        guard let use = choice.use else { return "" }
        switch error.code {
        case .unknownCountry: return "; \(use.claim)"
        case .tooShort, .tooLong, .notPossible, .invalidForCountry, .landline, .serviceNumber, .testNumber:
            return error.country == use.code && use.code != nil ? ", \(use.statement)" : ""
        case .empty, .notANumber, .severalNumbers, .letters, .hasExtension, .noCountry, .unknownCallingCode: return ""
        }
    }

    /// What lets such a number through, where something does.
    private func advice(_ error: PhoneNumberError) -> String? {
        switch error.code {
        case .landline: "'allow_numbers: [landline]' lets landlines through"
        case .testNumber: "'allow_numbers: [test_number]' lets such numbers through"
        case .severalNumbers: takesFirst ? nil : "'several: first' takes the first that is valid"
        case .noCountry: "'country' beside 'phone', in 'defaults' or of the source says in which"
        case .empty, .notANumber, .letters, .hasExtension, .tooShort, .tooLong, .unknownCountry, .unknownCallingCode,
            .notPossible, .invalidForCountry, .serviceNumber:
            nil
        }
    }
}

extension PhoneNumber {
    /// Reads a text of `to`, when an event comes and, of a constant, when the file is loaded.
    ///
    /// - Parameters:
    ///   - written: The text.
    ///   - home: The country of numbers that are not international.
    ///   - code: The reason to give for those where there is none.
    ///   - allowed: Kinds of numbers that are otherwise refused.
    ///   - takesFirst: Whether of several numbers the first counts that a message can go to.
    /// - Returns: The number.
    /// - Throws: The reason; of several numbers that of the first.
    static func read(
        _ written: String,
        at home: Country?,
        orElse code: PhoneNumberError.Code = .noCountry,
        allowing allowed: Set<NumberKind>,
        takesFirst: Bool
    ) throws(PhoneNumberError) -> PhoneNumber {
        do throws(PhoneNumberError) {
            return try PhoneNumber(written, at: home, orElse: code, allowing: allowed)
        } catch {
            guard takesFirst, error.code == .severalNumbers else { throw error }
            var reason: PhoneNumberError?
            for part in parts(of: written) {
                do throws(PhoneNumberError) {
                    return try PhoneNumber(part, at: home, orElse: code, allowing: allowed)
                } catch {
                    reason = reason ?? error
                }
            }
            throw reason ?? error
        }
    }
}
