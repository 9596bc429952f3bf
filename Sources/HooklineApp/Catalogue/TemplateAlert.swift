// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import PartnerAPI
internal import Rules

/// A template that rules want to send and the account cannot.
struct TemplateAlert: Hashable, Sendable {
    /// Whose template it would be.
    let account: String
    /// Why it cannot be sent; names the template.
    let reason: String
    /// The rules that want it, in their order.
    let rules: [String]

    /// The reason and who is concerned.
    var description: String { "\(reason); used by \(rules.joined(separator: ", "))" }

    /// Looks every used template up.
    ///
    /// A rule whose account an event decides is alerted on only when no account has its template, and then under the
    /// standard one. Accounts whose templates nobody knows raise no alert.
    ///
    /// - Parameters:
    ///   - uses: The templates that rules name.
    ///   - catalogues: What is known, by account.
    ///   - standard: The account of rules that name none.
    /// - Returns: One alert for each account and reason, in the rules' order.
    static func find(
        _ uses: [TemplateUse],
        in catalogues: [String: TemplateCatalogue],
        standard: String
    ) -> [TemplateAlert] {
        var order: [Key] = []
        var rules: [Key: [String]] = [:]
        for use in uses {
            guard let key = problem(use, catalogues, standard) else { continue }
            if rules[key] == nil { order.append(key) }
            if rules[key]?.contains(use.rule) != true { rules[key, default: []].append(use.rule) }
        }
        return order.map { TemplateAlert(account: $0.account, reason: $0.reason, rules: rules[$0] ?? []) }
    }

    private struct Key: Hashable {
        let account: String
        let reason: String
    }

    private static func problem(
        _ use: TemplateUse,
        _ catalogues: [String: TemplateCatalogue],
        _ standard: String
    ) -> Key? {
        func key(_ account: String) -> Key? {
            catalogues[account].flatMap(use.problem).map { Key(account: account, reason: $0.reason) }
        }
        switch use.account {
        case .standard: return key(standard)
        case .named(let account): return key(account)
        case .computed:
            let problems = catalogues.values.map(use.problem)
            return problems.contains { $0 == nil } ? nil : key(standard)
        }
    }
}
