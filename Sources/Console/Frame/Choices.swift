// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events

/// What the fields of a filter offer: nobody has to remember how a sender or a rule is called.
///
/// Senders and accounts are those of the configuration, and the one that is chosen although it is gone. Rules are offered
/// beside what is typed, since the messages of one that runs no more are kept.
enum Choices {
    /// So many rules are offered; with more, the field is typed into as before.
    private static let mostRules = 200

    /// A field that offers what there is.
    enum Field {
        case rule, source, account
    }

    /// The choices for the fields that a page has; nobody reads the lists of others for it.
    ///
    /// - Parameters:
    ///   - visit: Who looks, and what the address has chosen.
    ///   - fields: Those of the page.
    /// - Returns: `sourceChoices` and `accountChoices`, each with `value` and `chosen`, and `ruleChoices`, names alone, as
    ///   far as they were asked for.
    /// - Throws: ``APIProblem``.
    static func of(_ visit: Visit, _ fields: Field...) async throws(APIProblem) -> [String: Shown] {
        var choices: [String: Shown] = [:]
        for field in fields {
            switch field {
            case .rule:
                let rules = try await names("/rules", visit).prefix(mostRules)
                choices["ruleChoices"] = .list(rules.map { .text($0) })
            case .source:
                choices["sourceChoices"] = options(try await names("/sources", visit), chosen: visit.query["source"])
            case .account:
                choices["accountChoices"] = options(try await names("/accounts", visit), chosen: visit.query["account"])
            }
        }
        return choices
    }

    private static func names(_ path: String, _ visit: Visit) async throws(APIProblem) -> [String] {
        (try await visit.get(path)["data"]?.array ?? []).compactMap { $0["name"]?.string }
    }

    private static func options(_ names: [String], chosen: String?) -> Shown {
        let gone = chosen.map { names.contains($0) ? [] : [$0] } ?? []
        return .list((names + gone).map { ["value": .text($0), "chosen": .flag($0 == chosen)] })
    }
}
