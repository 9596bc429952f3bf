// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import PartnerAPI

/// The templates of one account as the partner once had them.
struct TemplateCopy: Hashable, Sendable {
    /// The templates.
    let catalogue: TemplateCatalogue
    /// When the partner was asked for them.
    let readAt: Timestamp
}

/// What is known of one account's templates.
struct KnownTemplates: Hashable, Sendable {
    /// A reading that failed.
    struct Failure: Hashable, Sendable {
        /// When the row of failures began.
        let since: Timestamp
        /// How the last one failed; no secret.
        let reason: String
    }

    /// The last good copy; `nil` when there never was one, and templates are taken on trust.
    private(set) var copy: TemplateCopy?
    /// Why the copy is not the partner's last word; `nil` when the last reading went well, and before the first.
    private(set) var failure: Failure?
    /// When the partner was last asked in this run.
    private(set) var askedAt: Timestamp?

    init(copy: TemplateCopy? = nil) {
        self.copy = copy
    }

    /// Notes a reading that went well; one that was overtaken by a later one changes nothing.
    ///
    /// - Returns: Whether it counts.
    mutating func succeeded(_ copy: TemplateCopy) -> Bool {
        guard askedAt.map({ $0 <= copy.readAt }) ?? true else { return false }
        self.copy = copy
        failure = nil
        askedAt = copy.readAt
        return true
    }

    /// Notes a reading that failed; the copy stays.
    mutating func failed(_ reason: String, at time: Timestamp) {
        guard askedAt.map({ $0 <= time }) ?? true else { return }
        failure = Failure(since: failure?.since ?? time, reason: reason)
        askedAt = time
    }
}

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
