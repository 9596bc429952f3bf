// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes
internal import Messages
package import Outbox
package import PartnerAPI
internal import PhoneNumbers
internal import Replays
package import RuleDrafts
package import ServiceConfiguration
package import Webhooks

/// The event that a rule is made of, as its rules would see it, and what is known of its sender.
package struct DraftableEvent: Sendable {
    /// The event.
    package let event: Event
    /// Its source, as the configuration has it or as it was made up.
    package let source: Source
    /// Earlier events of the same source and type, the newest first.
    package let siblings: [Event]

    /// How many earlier events are looked at, to see what may be missing.
    private static let mostSiblings = 20
    /// No more are looked at once these bytes were: a body may have ten megabytes.
    private static let mostBytes = 4 << 20

    /// An event in a file.
    ///
    /// - Parameters:
    ///   - request: The body, and what the command's options say of it.
    ///   - source: The configured source of that name, if there is one.
    ///   - clock: What time it is.
    /// - Throws: ``ExplainError`` when the body cannot be an event.
    package init(
        _ request: EventExplainer.Request,
        source: Source?,
        clock: any WallClock = SystemClock()
    ) throws(ExplainError) {
        let (source, events) = try EventExplainer.events(of: request, source: source, at: clock.now)
        guard let event = events.first else { throw ExplainError(reason: "the body holds no event") }
        self.event = event
        self.source = source
        siblings = Array(events.dropFirst().filter { $0.type == event.type }.prefix(Self.mostSiblings))
    }

    /// An event that is kept.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - store: Where it is kept.
    ///   - settings: The configuration, for its source.
    /// - Throws: `StoreError` when the store cannot be read, ``ExplainError`` with why no rule can be made of the event.
    package init(_ id: EventID, in store: any ReadingStore, _ settings: Settings) async throws {
        let stored = try await KeptEvent.stored(id, in: store)
        var decoder = ArchiveDecoder(settings)
        let kept = try KeptEvent(stored, settings, &decoder)
        (event, source) = (kept.event, kept.source)
        siblings = try await Self.siblings(of: stored.event, in: store, &decoder)
    }

    private static func siblings(
        of record: NewEvent,
        in store: any ReadingStore,
        _ decoder: inout ArchiveDecoder
    ) async throws(StoreError) -> [Event] {
        let filter = EventFilter(source: record.source, type: record.type, limit: mostSiblings + 1)
        var found: [Event] = []
        var rest = mostBytes
        for summary in try await store.events(filter).elements where summary.id != record.id && rest > 0 {
            guard let stored = try await store.event(summary.id, messages: 0), stored.hasBody,
                let event = try? decoder.event(of: stored.event, stored.lookUp)
            else { continue }
            rest -= event.rawBody.count
            found.append(event)
        }
        return found
    }

    /// What a rule is wanted of.
    ///
    /// - Parameters:
    ///   - template: The template's name.
    ///   - catalogue: The templates of the account.
    /// - Returns: A question for the drafter.
    package func question(template: String, catalogue: TemplateCatalogue) -> RuleDrafter.Question {
        var question = RuleDrafter.Question(
            event: event,
            preset: source.preset,
            template: template,
            catalogue: catalogue
        )
        question.country = source.country
        question.allowedNumbers = Set(source.allowedNumbers.compactMap(NumberKind.init(rawValue:)))
        question.siblings = siblings
        return question
    }
}
