// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
import PartnerAPI

/// What a new run has to know of the one before, so that a restart lets nobody leave too early.
package struct PaceMemory: Hashable, Sendable {
    /// The newest messages are looked through for departures, so many at most.
    package static let newest = 200_000
    /// So many of an account's messages that are due next are looked through for places.
    package static let nextDue = 20_000

    /// What left.
    package var departures: [Departure]
    /// Who waits for a turn of its own.
    package var places: [Place]
    /// Until when an account's messages were looked through for places, where more are due later.
    package var placesUntil: [String: Timestamp] = [:]

    package init(departures: [Departure] = [], places: [Place] = []) {
        self.departures = departures
        self.places = places
    }

    /// A message that left, or may have.
    package struct Departure: Hashable, Sendable {
        package let account: String
        package let recipient: String
        /// The partner's id of the number that sent it; `nil` for the account's active one, or where that was not asked.
        package let number: String?
        /// What the message was for; `nil` where nobody knows.
        package let category: MessageCategory?
        /// When it was claimed.
        package let at: Timestamp
        /// Whether it may have reached somebody.
        package let mayHaveArrived: Bool

        package init(
            account: String,
            recipient: String,
            number: String? = nil,
            category: MessageCategory?,
            at: Timestamp,
            mayHaveArrived: Bool
        ) {
            self.account = account
            self.recipient = recipient
            self.number = number
            self.category = category
            self.at = at
            self.mayHaveArrived = mayHaveArrived
        }
    }

    /// A message that the pace of a pair or of a number holds.
    package struct Place: Hashable, Sendable {
        package let message: MessageID
        /// Which of the two: `pair` or `number`.
        package let gate: SendGate
        package let account: String
        package let recipient: String
        /// The partner's id of the number that sends it; `nil` for the account's active one.
        package let number: String?
        /// When its turn is.
        package let at: Timestamp

        package init(
            message: MessageID,
            gate: SendGate = .pair,
            account: String,
            recipient: String,
            number: String? = nil,
            at: Timestamp
        ) {
            self.message = message
            self.gate = gate
            self.account = account
            self.recipient = recipient
            self.number = number
            self.at = at
        }
    }
}

extension PaceMemory {
    /// Notes a message as a store has it, where it matters.
    ///
    /// - Parameters:
    ///   - record: The message.
    ///   - since: Departures before that do not matter.
    ///   - pairsSince: Nor does which number sent those before that.
    package mutating func add(_ record: MessageRecord, since: Timestamp, pairsSince: Timestamp) {
        guard let recipient = record.recipient else { return }
        let message = record.message
        let gates: [SendGate] = [.pair, .number]
        if let due = message.dueAt, let gate = gates.first(where: record.isHeld) {
            let number = message.request?.phoneNumberID
            let place = Place(
                message: message.id,
                gate: gate,
                account: message.account,
                recipient: recipient,
                number: number,
                at: due
            )
            places.append(place)
        }
        guard let at = record.claimedAt, at > since, let mayHaveArrived = message.state.mayHaveLeft else { return }
        departures.append(
            Departure(
                account: message.account,
                recipient: recipient,
                number: at > pairsSince ? message.request?.phoneNumberID : nil,
                category: record.category,
                at: at,
                mayHaveArrived: mayHaveArrived
            )
        )
    }
}

extension MessageState {
    /// Whether a message in this state that was claimed may have reached somebody; `nil` where its last claim was given
    /// back.
    package var mayHaveLeft: Bool? {
        switch self {
        case .sending, .accepted, .uncertain: true
        case .retrying, .failed: false
        case .scheduled, .queued, .deferred, .cancelled, .suppressed: nil
        }
    }
}
