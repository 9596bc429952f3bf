// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import PartnerAPI

/// One difference between two copies of an account's templates.
struct TemplateChange: Hashable, Sendable {
    /// The template's name.
    let name: String
    /// Its locale code.
    let language: String
    /// Its status before; `nil` when it was not there.
    let old: MessageTemplate.Status?
    /// Its status now; `nil` when it is gone.
    let new: MessageTemplate.Status?

    /// Whether messages could be sent with it before and cannot now.
    var isLoss: Bool { old == .approved && new != .approved }

    /// What happened, for a log line.
    var sentence: String {
        switch (old, new) {
        case (nil, _): "a template was added"
        case (_, nil): "a template is gone"
        default: "a template's status changed"
        }
    }

    /// Compares two copies; texts and buttons do not count.
    ///
    /// - Parameters:
    ///   - old: What was known.
    ///   - new: What the partner says now.
    /// - Returns: The changes by name, then by language.
    static func between(_ old: TemplateCatalogue, _ new: TemplateCatalogue) -> [TemplateChange] {
        let (before, after) = (statuses(old), statuses(new))
        let keys = Set(before.keys).union(after.keys).sorted { ($0.name, $0.language) < ($1.name, $1.language) }
        return keys.compactMap { key in
            guard before[key] != after[key] else { return nil }
            return TemplateChange(name: key.name, language: key.language, old: before[key], new: after[key])
        }
    }

    private struct Key: Hashable {
        let name: String
        let language: String
    }

    private static func statuses(_ catalogue: TemplateCatalogue) -> [Key: MessageTemplate.Status] {
        let pairs = catalogue.templates.map { (Key(name: $0.name, language: $0.language), $0.status) }
        return Dictionary(pairs) { first, _ in first }
    }
}
