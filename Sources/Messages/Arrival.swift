// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// What a source says became of a message that the partner took.
///
/// It is linked to its message by the partner's id, and by nothing else.
package struct DeliveryReport: Hashable, Sendable {
    /// How long a report is kept of which no message is known: it may come before the partner's answer.
    package static let patience: Duration = .seconds(600)

    /// The partner's id of the message.
    package let partnerID: String
    /// What became of it.
    package let status: Status
    /// Meta's code of the error; `nil` where there is none.
    package let code: Int?
    /// The error in the source's words, without what could be a phone number; `nil` where there are none.
    package let words: String?
    /// When it happened, as the source says.
    package let at: Timestamp
    /// The source's name.
    package let source: String

    /// What can become of a message; the raw value is what lists, programs and metrics say.
    package enum Status: String, CaseIterable, Hashable, Sendable {
        /// WhatsApp has it, and the phone does not yet.
        case sent
        /// The phone has it.
        case delivered
        /// The recipient has seen it.
        case read
        /// It did not get to the phone.
        case failed
    }

    /// What a report did.
    package enum Result: String, CaseIterable, Hashable, Sendable {
        /// It is written down.
        case linked
        /// It says nothing new of its message.
        case repeated
        /// No message has this id, or more than one.
        case unknown
    }

    package init(
        _ status: Status,
        of partnerID: String,
        code: Int? = nil,
        words: String? = nil,
        at: Timestamp,
        source: String
    ) {
        self.partnerID = partnerID
        self.status = status
        self.code = code
        self.words = words.map { String(NumberHiding.hide(in: $0).prefix(200)) }
        self.at = at
        self.source = source
    }
}

/// How far a message got after the partner had taken it, as sources report it.
///
/// It is no state of the message, which says what Hookline did and will do. What was told once stays: reports come in any
/// order, and twice.
package struct Arrival: Hashable, Sendable {
    /// When WhatsApp had it.
    package private(set) var sentAt: Timestamp?
    /// When the phone had it.
    package private(set) var deliveredAt: Timestamp?
    /// When the recipient saw it.
    package private(set) var readAt: Timestamp?
    /// When it was given up.
    package private(set) var failedAt: Timestamp?
    /// Meta's code of why it was given up.
    package private(set) var code: Int?

    /// Nothing is known yet.
    package init() {}

    /// The furthest that it got; `nil` while nothing is known.
    ///
    /// What was delivered did not fail, whatever comes later.
    package var status: DeliveryReport.Status? {
        if readAt != nil { return .read }
        if deliveredAt != nil { return .delivered }
        if failedAt != nil { return .failed }
        return sentAt == nil ? nil : .sent
    }

    /// When that was.
    package var at: Timestamp? { readAt ?? deliveredAt ?? failedAt ?? sentAt }

    /// Whether the phone has it.
    package var isThere: Bool { deliveredAt != nil || readAt != nil }

    /// Takes over a report.
    ///
    /// - Parameter report: About the message whose arrival this is.
    /// - Returns: Whether it says anything new.
    mutating func note(_ report: DeliveryReport) -> Bool {
        switch report.status {
        case .sent: return Self.note(report.at, in: &sentAt)
        case .delivered: return Self.note(report.at, in: &deliveredAt)
        case .read: return Self.note(report.at, in: &readAt)
        case .failed:
            guard !isThere, Self.note(report.at, in: &failedAt) else { return false }
            code = report.code
            return true
        }
    }

    private static func note(_ time: Timestamp, in place: inout Timestamp?) -> Bool {
        guard place == nil else { return false }
        place = time
        return true
    }
}

extension Arrival {
    /// The arrival as the store keeps it: microseconds since 1970, in the order of ``DeliveryReport/Status``, and the code;
    /// empty while nothing is known.
    package var json: JSON {
        guard status != nil else { return [] }
        let times = [sentAt, deliveredAt, readAt, failedAt]
        let numbers = times.map { $0.map { Int($0.microseconds) } } + [code]
        return .array(numbers.map { $0.map { .number(JSONNumber($0)) } ?? .null })
    }

    /// The arrival from what ``json`` gave; `nil` for anything else.
    package init?(_ json: JSON) {
        guard let elements = json.array, elements.isEmpty || elements.count == 5 else { return nil }
        let numbers = elements.isEmpty ? [nil, nil, nil, nil, nil] : elements.map { $0.number?.int }
        let times = numbers.prefix(4).map { $0.map { Timestamp(microseconds: Int64($0)) } }
        (sentAt, deliveredAt, readAt, failedAt) = (times[0], times[1], times[2], times[3])
        code = numbers[4]
    }
}
