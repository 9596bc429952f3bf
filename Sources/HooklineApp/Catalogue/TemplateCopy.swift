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
struct TemplateShelf: Hashable, Sendable {
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
