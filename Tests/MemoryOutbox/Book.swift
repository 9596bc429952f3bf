// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox

/// All that the store holds: what others keep in tables, as values.
struct Book: Sendable {
    var events: [EventID: EventRow] = [:]
    var messages: [MessageID: MessageRow] = [:]
    /// What rules have told and seen.
    var facts = FactBook()
    /// What messages wait for that no time tells.
    var conditions: [Condition: [MessageID]] = [:]
    /// Which event holds the key of a source.
    var dedupeKeys: [ScopedKey: Held<EventID>] = [:]
    /// How the key of a caller was used.
    var idempotencyKeys: [ScopedKey: Held<KeptUse>] = [:]
    /// What was turned away, the oldest first, each with its number.
    var rejections: [(seq: Int, element: Rejection)] = []
    var apiKeys: [String: APIKey] = [:]
    /// The ledger of consent, the oldest line first, each with its number.
    var consents: [(seq: Int, element: ConsentEntry)] = []
    /// What people decided about many messages at once, the oldest first, each with its number.
    var jobs: [(seq: Int, element: Job)] = []
    var tokens: [AccessToken] = []
    /// The audit log, the oldest line first, each with its number.
    var audit: [(seq: Int, element: AuditLine)] = []
    /// When recipients last wrote to an account.
    var conversations: [ScopedKey: Timestamp] = [:]
    /// How many messages in a row did not reach somebody, and when the last one did not.
    var undeliverable: [String: (count: Int, at: Timestamp)] = [:]
    /// What they wrote that may be meant as a STOP, the oldest first.
    var doubts: [ConsentDoubt] = []
    /// What was reported of messages that nobody knew, with the event that did, and until when it is kept.
    var earlyReports: [(report: DeliveryReport, event: EventID, until: Timestamp)] = []
    /// What is in the digests, in the order in which it was accepted.
    var digestItems: [MessageID: [DigestEntry]] = [:]
    /// The job that replayed its event, by message.
    var replays: [MessageID: JobID] = [:]
    /// How accounts stand that several who send share.
    var standings: [String: AccountStanding] = [:]
    /// The recipients of portfolios, each with the version in which they were changed last.
    var portfolios: [String: (version: Int64, rows: [Int64: (row: PortfolioRow, version: Int64)])] = [:]
    /// The time that a service kept last.
    var mark: Reckoning.Mark?
    /// Whether the running write gave some message a due time.
    var wakes = false
    /// Whether the running write gave some digest a due time.
    var wakesBuilder = false
    /// What sources reported that those who send have to hear.
    var reportedCodes: [ReportedCode] = []
    /// The room that stands for messages that are stored now.
    var standing: StandingRoom?
    /// What the running write claimed in it.
    var riders: (claims: [ClaimedMessage], riding: RidingClaims?) = ([], nil)
    private var lastSeq = 0

    /// The number of the next row: rows of a kind are told apart, and put in order, by it.
    mutating func nextSeq() -> Int {
        lastSeq += 1
        return lastSeq
    }

    /// An event with what belongs to it.
    struct EventRow: Sendable {
        let seq: Int
        var event: NewEvent
        /// Whether its headers and body are kept still.
        var hasBody = true
        var duplicates = 0
        var lastDuplicateAt: Timestamp?
        var lookUp: LookUp?
        /// How many messages it called off; `nil` when it called off none.
        var calledOff: CallOffReport?
        /// What became of its reports.
        var reports: [DeliveryReport.Result] = []
        /// What became of what it told for the ledger.
        var consent: ConsentReceipt?
        /// Its messages, in the order in which they were stored.
        var messages: [MessageID] = []
        /// What kept messages of it from leaving when they began.
        var obstacles: [MessageID: Beginning.Obstacle] = [:]
        /// The digests of earlier events that it went into.
        var joined: [MessageID] = []
    }

    /// How the look-up of an event fares.
    struct LookUp: Sendable {
        let payload: [UInt8]
        var failures = 0
        var since: Timestamp
        /// Set exactly while it waits.
        var dueAt: Timestamp?
        var result: [UInt8]?
    }

    /// A message with its whole story.
    struct MessageRow: Sendable {
        let seq: Int
        var record: MessageRecord
        var timeline: [TimelineEntry]
        /// By their numbers: what is known of a claim later stands in place of what was known before.
        var attempts: [Int: Attempt] = [:]
        /// What is kept for it to leave as.
        var alternative: Alternative?
    }

    /// What messages wait for, by account and condition, in the order in which they began to.
    struct Condition: Hashable, Sendable {
        let account: String
        let name: String
    }

    /// A key among those of one source or caller.
    struct ScopedKey: Hashable, Sendable {
        let scope: String
        let key: String
    }

    /// Writes what became of a message, with the entries that say so.
    ///
    /// - Throws: When the record contradicts itself: a due time is set exactly while it waits, a lease while it is sent.
    mutating func put(_ row: MessageRow, _ entries: [TimelineEntry]) throws(StoreError) {
        let message = row.record.message
        guard
            (message.dueAt != nil) == message.state.isWaiting,
            (row.record.leaseEnds != nil) == (message.state == .sending),
            row.record.timelineLength == row.timeline.count + entries.count
        else { throw StoreError(.failed, "\(message.id): its times do not go with its state") }
        if messages[message.id]?.record.message.state == .deferred, message.state != .deferred {
            facts.takeBack(row.record.turns)
        }
        var row = row
        row.timeline += entries
        let isNews = messages[message.id]?.record.digest != row.record.digest || !entries.isEmpty
        if row.record.isToBuild, isNews { wakesBuilder = true }
        messages[message.id] = row
    }
}
