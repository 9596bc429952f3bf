// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Enrichment
package import Events
internal import HTTPTypes
internal import HTTPValues
package import Messages
package import PartnerAPI
package import Rehearsal
package import Rules
package import ServiceConfiguration
package import Webhooks

/// Makes of an event that is kept what its rules saw.
///
/// Its body is read by its source as it is configured now, and what was looked up for it then is put in again. Nothing is
/// fetched.
package struct ArchiveDecoder {
    /// Why an event cannot be rehearsed; the raw value is its word in JSON.
    package enum Omission: String, CaseIterable, Error, Hashable, Sendable {
        /// Its body is not kept any more.
        case bodyNotKept = "body_not_kept"
        /// The configuration has no such source.
        case unknownSource = "unknown_source"
        /// Its body could not be read when it came.
        case parked
        /// Its source cannot read its body now.
        case unreadable
        /// It waits for its look-up.
        case pending
        /// Nothing was found for it, or it was never looked up.
        case notLookedUp = "not_looked_up"

        /// The reason for people, with a count.
        package func sentence(_ count: Int) -> String {
            switch self {
            case .bodyNotKept: "\(count) without a body, which is not kept any more"
            case .unknownSource: "\(count) of sources that the configuration does not have"
            case .parked: "\(count) whose body could not be read when it came"
            case .unreadable: "\(count) whose body their source does not read now"
            case .pending: "\(count) that \(count == 1 ? "waits" : "wait") for a look-up"
            case .notLookedUp: "\(count) for which nothing was looked up"
            }
        }
    }

    private let settings: Settings
    private let sources: [String: Source]
    private let catalogue: TemplateCatalogue?
    /// The events of the last request, of which some may have been taken: a batch is read once.
    private var batch: Batch?

    private struct Batch {
        let source: String
        let body: [UInt8]
        let receivedAt: Timestamp
        var events: [Event?]
    }

    /// A decoder for the events of a service.
    ///
    /// - Parameters:
    ///   - settings: Its configuration.
    ///   - catalogue: The templates that rules are held against; `nil` takes them on trust.
    package init(_ settings: Settings, catalogue: TemplateCatalogue? = nil) {
        self.settings = settings
        self.catalogue = catalogue
        sources = Dictionary(settings.sources.map { ($0.name, $0.withoutVerification) }) { first, _ in first }
    }

    /// Reads an event; events of one request have to follow on each other.
    ///
    /// - Parameter archived: What is kept of it.
    /// - Returns: The event as its rules see it.
    /// - Throws: Why it cannot be rehearsed.
    package mutating func decode(_ archived: ArchivedEvent) throws(Omission) -> Backtest.PastEvent {
        guard archived.hasBody else { throw .bodyNotKept }
        guard let source = sources[archived.event.source] else { throw .unknownSource }
        switch archived.event.disposition {
        case .parked: throw .parked
        case .pending: throw .pending
        case .evaluationFailed: throw .notLookedUp
        case .matched, .unmatched: break
        }
        let event = try archived.lookUp == nil ? received(archived.event, source) : lookedUp(archived)
        return Backtest.PastEvent(
            event: event,
            context: EvaluationContext(
                of: source,
                now: event.receivedAt,
                catalogue: catalogue,
                limits: settings.limits
            ),
            acceptedAt: archived.lookUp == nil
                ? event.receivedAt : archived.messages.first?.message.createdAt ?? event.receivedAt,
            messages: archived.messages
        )
    }

    // MARK: The payload

    private func lookedUp(_ archived: ArchivedEvent) throws(Omission) -> Event {
        guard let payload = archived.payload, let document = try? JSONDocument(payload) else { throw .unreadable }
        let event = Event(archived.event, payload: document)
        return try Self.adding(archived.lookUp?.result, to: event)
    }

    /// Reads an event whatever became of it, as its source does now; what was looked up for it then is put in again.
    ///
    /// - Parameters:
    ///   - record: The event as it was accepted.
    ///   - lookUp: How its look-up fares; `nil` when none is needed.
    /// - Returns: The event as its rules would see it now.
    /// - Throws: Why it cannot be read.
    package mutating func event(of record: NewEvent, _ lookUp: LookUpRecord?) throws(Omission) -> Event {
        guard let source = sources[record.source] else { throw .unknownSource }
        return try Self.adding(lookUp?.result, to: try read(record, source))
    }

    /// An event with what was looked up for it; `nil` leaves it as it is.
    private static func adding(_ result: [UInt8]?, to event: Event) throws(Omission) -> Event {
        guard let result else { return event }
        guard let found = try? JSON(parsing: result), let enriched = try? event.adding(enriched: found) else {
            throw .unreadable
        }
        return enriched
    }

    private mutating func received(_ record: NewEvent, _ source: Source) throws(Omission) -> Event {
        let event = try read(record, source)
        if settings.lookUps[record.source]?.enrichment.applies(to: event) == true { throw .notLookedUp }
        return event
    }

    private mutating func read(_ record: NewEvent, _ source: Source) throws(Omission) -> Event {
        if batch?.source != record.source || batch?.receivedAt != record.receivedAt || batch?.body != record.rawBody {
            batch = Batch(
                source: record.source,
                body: record.rawBody,
                receivedAt: record.receivedAt,
                events: Self.events(of: record, source)
            )
        }
        let events = batch?.events ?? []
        // The type may have stood in the address, which is not kept.
        let place = events.count == 1 ? 0 : events.firstIndex { $0.map { Self.isSame($0, record) } ?? false }
        guard let place, let found = events[place] else { throw .unreadable }
        if events.count > 1 { batch?.events[place] = nil }
        // A line of a file need not say what its body says.
        return Event(
            id: record.id,
            source: record.source,
            type: record.type.isEmpty ? found.type : record.type,
            senderID: record.senderID ?? found.senderID,
            time: record.time,
            receivedAt: record.receivedAt,
            headers: record.headers,
            rawBody: record.rawBody,
            payload: found.payload
        )
    }

    private static func isSame(_ event: Event, _ record: NewEvent) -> Bool {
        event.type == record.type && event.senderID == record.senderID && event.time == record.time
    }

    private static func events(of record: NewEvent, _ source: Source) -> [Event?] {
        if let events = source.reread(headers: record.headers, body: record.rawBody, at: record.receivedAt) {
            return events
        }
        // Of a large batch each event keeps its own part alone.
        guard source.preset.batch != nil, let part = try? JSONDocument(record.rawBody) else { return [] }
        return [Event(record, payload: part)]
    }
}

extension EvaluationContext {
    /// What the service would know of an event of that source.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - now: The time.
    ///   - catalogue: The templates that rules are held against; `nil` takes them on trust.
    ///   - limits: The limits of the configuration; none if left out.
    package init(of source: Source, now: Timestamp, catalogue: TemplateCatalogue? = nil, limits: [NamedLimit] = []) {
        self.init(
            now: now,
            country: source.country,
            conventions: source.preset.conventions,
            allowedNumbers: source.allowedNumbers,
            defaultCatalogue: catalogue
        )
        self.limits = limits
    }
}
