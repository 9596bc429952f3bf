// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes
internal import Messages
package import Outbox
package import Presentation
internal import Replays
internal import Rules
package import ServiceConfiguration
package import Webhooks

/// An event that is kept, as its rules would see it: read by its source as it is configured now, with what was looked up for
/// it then.
package struct KeptEvent: Sendable {
    /// The event.
    package let event: Event
    /// Its source.
    package let source: Source

    /// Reads what is kept.
    ///
    /// - Parameters:
    ///   - stored: The event with its look-up.
    ///   - settings: The configuration, for its source.
    /// - Throws: ``ExplainError`` with why it cannot be read any more.
    package init(_ stored: StoredEvent, _ settings: Settings) throws(ExplainError) {
        var decoder = ArchiveDecoder(settings)
        try self.init(stored, settings, &decoder)
    }

    init(_ stored: StoredEvent, _ settings: Settings, _ decoder: inout ArchiveDecoder) throws(ExplainError) {
        let record = stored.event
        guard stored.hasBody else {
            throw ExplainError(
                reason:
                    "the body of '\(record.id)' is not kept any more (its time was over, or it was erased); take another event"
            )
        }
        if case .parked(let reason) = record.disposition {
            throw ExplainError(reason: "the body of '\(record.id)' could not be read when it came: \(reason)")
        }
        guard let source = settings.sources.first(where: { $0.name == record.source }) else {
            throw ExplainError(
                reason: "the configuration has no source '\(record.source)', from which '\(record.id)' came"
            )
        }
        do throws(ArchiveDecoder.Omission) {
            event = try decoder.event(of: record, stored.lookUp)
        } catch {
            let reason = "'\(record.id)' cannot be read as its source is configured now (\(error.rawValue))"
            throw ExplainError(reason: reason)
        }
        self.source = source
    }

    /// An event of a store.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - store: Where it is kept.
    ///   - messages: The most of its messages.
    /// - Returns: The event.
    /// - Throws: `StoreError` when the store cannot be read, ``ExplainError`` where it keeps no such event.
    static func stored(
        _ id: EventID,
        in store: any ReadingStore,
        messages: Int = 0
    ) async throws -> StoredEvent {
        if let stored = try await store.event(id, messages: messages) { return stored }
        throw ExplainError(reason: "there is no event '\(id)'; 'hookline events list' shows those that are kept")
    }
}

extension EventExplainer {
    /// So many of an event's messages an explanation tells.
    package static let mostMade = 20

    /// What every rule makes of an event that is kept, at the time when it came, and what came of it then.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - store: Where it is kept.
    ///   - settings: The configuration, for its source.
    /// - Returns: A report.
    /// - Throws: `StoreError` when the store cannot be read, ``ExplainError`` with why the event cannot be explained.
    package func explain(
        _ id: EventID,
        in store: any ReadingStore,
        _ settings: Settings
    ) async throws -> ExplainedBody {
        let stored = try await KeptEvent.stored(id, in: store, messages: Self.mostMade)
        let kept = try KeptEvent(stored, settings)
        let report = report(kept.event, of: kept.source, at: kept.event.receivedAt)
        return ExplainedBody(reports: [report.with(stored.messages, of: stored.messageCount)])
    }
}
