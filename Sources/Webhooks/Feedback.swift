// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What an event tells about messages that were sent or their recipients, in the sender's own words: nobody has judged
/// them yet.
package enum Feedback: Hashable, Sendable {
    /// What became of a message that the partner took.
    case status(Status)
    /// What a recipient wrote to us.
    case inbound(Inbound)
    /// What a recipient chose in WhatsApp's own settings.
    case preference(Preference)

    /// What became of a message.
    package struct Status: Hashable, Sendable {
        /// The partner's id of the message.
        package let id: String
        /// What became of it: `sent`, `delivered`, `read`, `failed`, or a word that means nothing to us.
        package let status: String
        /// The error's code; `nil` where there is none.
        package let code: String?
        /// The error in words; `nil` where there are none.
        package let reason: String?
    }

    /// Something that a recipient wrote, pressed or sent.
    package struct Inbound: Hashable, Sendable {
        /// Their phone number, as the sender writes it.
        package let from: String
        /// What they wrote, or the button that they pressed; `nil` for a picture and the like.
        package let text: String?
        /// The sender's id of our number that they wrote to.
        package let number: String?
    }

    /// A setting of a recipient.
    package struct Preference: Hashable, Sendable {
        /// Their phone number, as the sender writes it.
        package let from: String
        /// What they chose: `stop`, `resume`.
        package let value: String
        /// The sender's id of our number that it is about.
        package let number: String?
    }
}

/// Where a sender's events say what became of messages, and what recipients wrote.
package struct FeedbackPlaces: Hashable, Sendable {
    /// Statuses of messages; `nil` where the sender reports none.
    package var status: Status?
    /// What recipients wrote; `nil` where the sender passes nothing on.
    package var inbound: Inbound?
    /// What recipients chose in WhatsApp; `nil` where the sender does not say.
    package var preference: Preference?

    /// Nothing.
    package static let none = FeedbackPlaces()

    /// Where the parts of a status stand.
    package struct Status: Hashable, Sendable {
        package var id: Extraction
        package var status: Extraction
        package var code: Extraction = .none
        package var reason: Extraction = .none
        /// What the sender's words mean, where they are not ours.
        package var words: [String: String] = [:]
    }

    /// Where the parts of what a recipient wrote stand.
    package struct Inbound: Hashable, Sendable {
        package var from: Extraction
        package var text: Extraction = .none
        package var number: Extraction = .none
        /// What must not be there: a message to a group opens no conversation.
        package var unless: Extraction = .none
    }

    /// Where the parts of a setting stand.
    package struct Preference: Hashable, Sendable {
        package var from: Extraction
        package var value: Extraction
        package var number: Extraction = .none
    }

    /// Reads what one event tells.
    ///
    /// - Parameter values: The request and the event's payload.
    /// - Returns: Nothing for most events of most senders.
    func read(_ values: RequestValues) -> [Feedback] {
        var found: [Feedback] = []
        if let status = status.flatMap({ read($0, values) }) { found.append(.status(status)) }
        if let inbound = inbound.flatMap({ read($0, values) }) { found.append(.inbound(inbound)) }
        if let preference = preference.flatMap({ read($0, values) }) { found.append(.preference(preference)) }
        return found
    }

    private func read(_ places: Status, _ values: RequestValues) -> Feedback.Status? {
        guard let id = values.value(of: places.id), let status = values.value(of: places.status) else { return nil }
        return Feedback.Status(
            id: id,
            status: places.words[status] ?? status,
            code: values.value(of: places.code),
            reason: values.value(of: places.reason)
        )
    }

    private func read(_ places: Inbound, _ values: RequestValues) -> Feedback.Inbound? {
        guard let from = values.value(of: places.from), values.value(of: places.unless) == nil else { return nil }
        let (text, number) = (values.value(of: places.text), values.value(of: places.number))
        return Feedback.Inbound(from: from, text: text, number: number)
    }

    private func read(_ places: Preference, _ values: RequestValues) -> Feedback.Preference? {
        guard let from = values.value(of: places.from), let value = values.value(of: places.value) else { return nil }
        return Feedback.Preference(from: from, value: value, number: values.value(of: places.number))
    }
}
