// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import HTTPTypes
package import Messages
import Outbox
package import PartnerAPI

/// Makes values of which a test says only what matters to it.
package enum Make {
    /// A text message.
    package static func request(
        to phone: String = "919812345670",
        from number: String? = nil,
        text: String = "Namaste"
    ) throws -> MessageRequest {
        let recipient = MessageRequest.Recipient.phone(try PhoneNumberDigits(phone))
        return try MessageRequest(recipient: recipient, phoneNumberID: number, content: .text(text))
    }

    /// A message that a rule built.
    package static func message(
        id: MessageID? = nil,
        rule: String = "order-paid",
        account: String = "main",
        to phone: String = "919812345670",
        request: MessageRequest? = nil,
        once: OncePer? = nil,
        key: String? = nil,
        change: Change? = nil,
        dueAt: Timestamp? = nil,
        expiresAt: Timestamp? = nil,
        onUncertain: OnUncertain = .retry,
        mode: Mode = .live,
        quiet: QuietHours? = nil,
        limit: SendLimit? = nil,
        otherwise: Alternative? = nil,
        at now: Timestamp = TestClock().now
    ) throws -> NewMessage {
        NewMessage(
            id: id ?? MessageID(at: now),
            rule: rule,
            account: account,
            request: try request ?? Make.request(to: phone),
            terms: SendTerms(
                once: once,
                key: key,
                change: change,
                dueAt: dueAt,
                expiresAt: expiresAt,
                onUncertain: onUncertain,
                mode: mode,
                quiet: quiet,
                limit: limit
            ),
            otherwise: otherwise
        )
    }

    /// A message of a template.
    package static func template(_ name: String, to phone: String = "919812345670") throws -> MessageRequest {
        let content = MessageRequest.Content.template(try TemplateMessage(name: name, language: "en"))
        return try MessageRequest(recipient: .phone(PhoneNumberDigits(phone)), content: content)
    }

    /// What a message leaves as when the partner does not take it as it is.
    package static func otherwise(account: String = "main", to phone: String = "919812345670") throws -> Alternative {
        Alternative(try template("short", to: phone), account: account, category: .utility)
    }

    /// What an event adds to a digest.
    package static func item(
        rule: String = "alerts",
        to phone: String = "919812345670",
        key: String = "",
        window: Duration = .seconds(900),
        once: OncePer? = nil,
        subject: String? = nil,
        expiresAt: Timestamp? = nil,
        mode: Mode = .live,
        quiet: QuietHours? = nil,
        limit: SendLimit? = nil,
        at now: Timestamp = TestClock().now
    ) throws -> DigestItem {
        DigestItem(
            id: MessageID(at: now),
            rule: rule,
            recipient: try .phone(PhoneNumberDigits(phone)),
            terms: SendTerms(
                once: once,
                key: subject,
                expiresAt: expiresAt,
                mode: mode,
                quiet: quiet,
                limit: limit,
                digest: DigestTerms(key: key, window: window)
            )
        )
    }

    /// The message of a digest whose text is what its events say, with how many they are.
    package static func digest(_ order: DigestOrder, limits: [NamedLimit] = []) throws -> DigestContent {
        let texts = order.items.map { String(decoding: $0.payload, as: UTF8.self) }
        return try digest(order.rule, order.recipient, texts, size: order.size, limits: limits)
    }

    /// The same for one in virtual time.
    package static func digest(
        _ rule: String,
        _ recipient: MessageRequest.Recipient,
        _ texts: [String],
        size: Int,
        limits: [NamedLimit] = []
    ) throws -> DigestContent {
        let text = "\(size): \(texts.joined(separator: " "))"
        let request = try MessageRequest(recipient: recipient, content: .text(text))
        let id = MessageID(at: TestClock().now)
        return .built(NewMessage(id: id, rule: rule, account: "main", request: request, limits: limits))
    }

    /// An event as the outbox keeps it.
    package static func event(
        source: String = "shop",
        type: String = "orders/paid",
        at now: Timestamp = TestClock().now,
        body: String = #"{"id": 1}"#,
        secretLabel: String? = nil,
        disposition: Disposition = .matched
    ) -> NewEvent {
        NewEvent(
            id: EventID(at: now),
            source: source,
            type: type,
            senderID: "evt-of-the-sender",
            receivedAt: now,
            headers: [.contentType: "application/json"],
            rawBody: Array(body.utf8),
            secretLabel: secretLabel,
            disposition: disposition
        )
    }

    /// An event with the messages it caused.
    package static func submission(
        source: String = "shop",
        messages: [NewMessage] = [],
        digests: [DigestItem] = [],
        failures: [FailedMessage] = [],
        sideEffects: SideEffects = .none,
        dedupe key: String? = nil,
        payload: [UInt8] = Array(#"{"id": 1}"#.utf8),
        at now: Timestamp = TestClock().now
    ) -> Submission {
        Submission(
            event: event(source: source, at: now),
            messages: messages,
            digests: digests.isEmpty ? .none : DigestItems(digests, payload: payload),
            failures: failures,
            sideEffects: sideEffects,
            dedupe: key.map { Submission.Dedupe(key: $0) }
        )
    }

    /// A request as Meta posts it, with one change.
    ///
    /// - Parameters:
    ///   - value: What has changed, as JSON.
    ///   - field: Of which kind that is.
    /// - Returns: The body.
    package static func metaChange(_ value: String, field: String = "messages") -> String {
        """
        {"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"\(field)","value":\(value)}]}]}
        """
    }

    /// The same about messages of the number whose id is 106.
    ///
    /// - Parameter members: What is told, as members of a JSON object.
    /// - Returns: The body.
    package static func metaHook(_ members: String) -> String {
        metaChange(#"{"messaging_product":"whatsapp","metadata":{"phone_number_id":"106"},\#(members)}"#)
    }

    /// What an attempt without success brought back.
    package static func detail(_ status: Int? = nil, _ code: String = "http_503") -> AttemptDetail {
        AttemptDetail(status: status, code: code, reason: "the partner answered \(status ?? 0)")
    }
}

extension MessageRequest {
    /// What a text message says; `nil` for any other.
    package var text: String? {
        if case .text(let text) = content { text } else { nil }
    }
}
