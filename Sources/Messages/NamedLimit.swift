// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

/// A limit of the configuration, over the messages of all rules together that are for one of its categories.
///
/// Which limits a message is under is decided once, when its event is accepted, and kept with it. A code to sign in is
/// counted by a limit that names its category and held only by one that names nothing else, so that no promotion ever
/// keeps a code from its recipient.
package struct NamedLimit: Hashable, Sendable {
    /// Its name in the configuration.
    package let name: String
    /// How many, in how long, and what happens to one more; never for a rule.
    package let limit: SendLimit
    /// What the messages are for; a template whose category nobody knows counts as marketing.
    package let categories: Set<MessageCategory>

    package init(name: String, limit: SendLimit, categories: Set<MessageCategory>) {
        self.name = name
        self.limit = limit
        self.categories = categories
    }

    /// The limit as a message of a category is under it; `nil` when it is not.
    func over(_ category: MessageCategory?) -> CountedLimit? {
        guard categories.contains(category ?? .marketing) else { return nil }
        return CountedLimit(name: name, limit: limit, holds: category != .authentication || categories.count == 1)
    }
}

/// A named limit that a message is under.
package struct CountedLimit: Hashable, Sendable {
    /// Its name in the configuration.
    package let name: String
    /// How many, in how long, and what happens to one more.
    package let limit: SendLimit
    /// Whether one more is held; else it is counted alone.
    package let holds: Bool

    package init(name: String, limit: SendLimit, holds: Bool = true) {
        self.name = name
        self.limit = limit
        self.holds = holds
    }

    /// Under which its departures are counted, in the place of a rule, whose names have no colon.
    var subject: String { "limit:\(name)" }
}

extension CountedLimit {
    /// The limit as a store keeps it.
    var json: JSON {
        ["name": .string(name), "limit": limit.json, "holds": .bool(holds)]
    }

    /// The limit from what a store kept; `nil` for anything else.
    init?(_ json: JSON) {
        guard let name = json["name"]?.string, let limit = json["limit"].flatMap(SendLimit.init),
            case .bool(let holds)? = json["holds"]
        else { return nil }
        self.init(name: name, limit: limit, holds: holds)
    }
}

extension SendTerms {
    /// The same under the limits of the configuration that are about a category.
    ///
    /// - Parameters:
    ///   - limits: All limits of the configuration, in its order.
    ///   - category: What the message is for.
    /// - Returns: The terms with the limits that it is under.
    package func under(_ limits: [NamedLimit], _ category: MessageCategory?) -> SendTerms {
        var terms = self
        terms.named = limits.compactMap { $0.over(category) }
        return terms
    }
}
