// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import PartnerAPI
import PhoneNumbers

@testable import Rules

/// What a rule's `to` makes of an event: each recipient, or the reason why there is none.
enum RecipientRun {
    static func told(
        _ to: String,
        _ body: String,
        defaults: String = "{country: IN}",
        country: String? = nil,
        allowed: Set<NumberKind> = [],
        lets: String? = nil
    ) throws -> [String] {
        let named = lets.map { "let: \($0), " } ?? ""
        let rules = try Shop.rules("  - {name: a, \(named)to: \(to), send: {text: hi}}", defaults: defaults)
        var context = Shop.context(country: country)
        context.allowedNumbers = allowed
        return rules.evaluate(try Shop.event("x", body), in: context).results.map { result in
            switch result {
            case .planned(let message):
                message.request.json()["phone"]?.string ?? message.request.json()["contactId"]?.string ?? ""
            case .collected(let item): Fact.name(of: item.recipient)
            case .refused(let message): "\(message.refusal.code.rawValue): \(message.refusal.reason)"
            }
        }
    }

    /// The country that the first result's number was read in, and who stated it.
    static func country(_ to: String, _ body: String, defaults: String = "{country: IN}", country: String? = nil) throws
        -> CountryUse?
    {
        let rules = try Shop.rules("  - {name: a, to: \(to), send: {text: hi}}", defaults: defaults)
        return switch rules.evaluate(try Shop.event("x", body), in: Shop.context(country: country)).results.first {
        case .planned(let message)?: message.country
        case .collected(let item)?: item.country
        case .refused(let message)?: message.refusal.country
        case nil: nil
        }
    }
}
