// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Foundation
import PartnerAPI

/// One test of rules: events, and every message that they cause.
struct RuleTest: Sendable {
    /// What the test shows; the place where its writer gave no name.
    let name: String
    /// Where it is.
    let location: SourceLocation
    /// The file whose rules alone are asked; `nil` for all rules that are loaded.
    let file: String?
    /// In their order.
    let events: [Event]
    /// The zone of dates that name none.
    let timeZone: TimeZone
    /// The source's country.
    let country: String?
    /// How the sender of an event writes its data, by the event's source.
    let conventions: [String: DataConventions]
    /// The approved templates; `nil` takes templates on trust.
    let catalogue: TemplateCatalogue?
    /// Every message, in order.
    let expected: [MessageFields]

    /// The time of events that name none, so that a test gives the same today and next year.
    static let defaultNow = Timestamp(seconds: 1_767_225_600)
}
