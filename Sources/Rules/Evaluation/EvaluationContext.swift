// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Foundation
package import Messages
package import PartnerAPI
package import PhoneNumbers

/// What an evaluation depends on beside rules and event; the same context gives the same messages.
package struct EvaluationContext: Sendable {
    /// The time: what `now` means, and what delays are counted from.
    package var now: Timestamp
    /// The zone of dates that name none.
    package var timeZone: TimeZone
    /// The source's country for phone numbers without country code.
    package var country: String?
    /// How the source's sender writes amounts, empty fields and times.
    package var conventions: DataConventions
    /// Kinds of numbers that the source allows and that are otherwise refused.
    package var allowedNumbers: Set<NumberKind> = []
    /// The approved templates by account; without an entry, templates are taken on trust.
    package var catalogues: [String: TemplateCatalogue]
    /// The templates for messages that name no account, and for accounts without an entry.
    package var defaultCatalogue: TemplateCatalogue?
    /// The limits of the configuration, over all rules.
    package var limits: [NamedLimit] = []
    /// Accounts whose templates nobody knows: they are taken on trust, whatever the default.
    package var accountsOnTrust: Set<String> = []

    package init(
        now: Timestamp,
        timeZone: TimeZone = .gmt,
        country: String? = nil,
        conventions: DataConventions = .standard,
        catalogues: [String: TemplateCatalogue] = [:],
        defaultCatalogue: TemplateCatalogue? = nil
    ) {
        self.now = now
        self.timeZone = timeZone
        self.country = country
        self.conventions = conventions
        self.catalogues = catalogues
        self.defaultCatalogue = defaultCatalogue
    }

    /// What a source says of itself.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - country: Its country for phone numbers without country code.
    ///   - conventions: How its sender writes its data.
    ///   - words: Kinds of phone numbers that it allows, by the words of rule files.
    ///   - catalogue: The templates that rules are held against; `nil` takes them on trust.
    package init(
        now: Timestamp,
        country: String?,
        conventions: DataConventions,
        allowedNumbers words: [String],
        defaultCatalogue catalogue: TemplateCatalogue? = nil
    ) {
        self.init(now: now, country: country, conventions: conventions, defaultCatalogue: catalogue)
        if !words.isEmpty { allowedNumbers = Set(words.compactMap(NumberKind.init(rawValue:))) }
    }

    /// The templates of an account.
    func catalogue(_ account: String?) -> TemplateCatalogue? {
        guard let account else { return defaultCatalogue }
        return accountsOnTrust.contains(account) ? nil : catalogues[account] ?? defaultCatalogue
    }
}
