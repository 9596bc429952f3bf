// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EventIntake
internal import Events
internal import FairThreads
internal import HTTPTypes
internal import HTTPValues
internal import Messages
internal import Outbox
internal import PartnerAPI
internal import Webhooks

// `POST /messages/send`.

extension PublicAPI {
    /// The event's type.
    private static let eventType = "messages.send"

    func send(_ request: InboundRequest, key: APIKey, account: String) async throws -> Reply {
        let now = clock.now
        let idempotencyKey = try idempotencyKey(of: request, key)
        // Before the body is looked at: a template that was paused since then must not change the answer.
        if let idempotencyKey, let use = try await store.use(of: idempotencyKey, at: now) { return try reply(use) }
        let message = NewMessage(
            id: MessageID(at: now),
            rule: NewMessage.apiRule,
            account: account,
            request: try await message(in: request.body, account: account, key),
            cause: "the API key '\(key.label)' asked for it",
            templates: templates(account)
        )
        return try await store(message, of: request, idempotencyKey, now: now)
    }

    private func idempotencyKey(of request: InboundRequest, _ key: APIKey) throws(APIRefusal) -> IdempotencyKey? {
        let lines = request.headers[values: .idempotencyKey]
        guard let text = lines.first else { return nil }
        guard lines.count == 1, (1...255).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else {
            let expected = "expected one header line with 1 to 255 printable ASCII characters"
            throw APIRefusal(PartnerError(400, "BAD_IDEMPOTENCY_KEY", "Idempotency-Key: \(expected)"))
        }
        return IdempotencyKey(apiKey: key.id, key: text, bodyFingerprint: Fingerprint(of: request.body).bytes)
    }

    /// Reads a body on a thread of its own kind: each key's requests take turns with all other work there.
    private func message(
        in body: [UInt8],
        account: String,
        _ key: APIKey
    ) async throws(APIRefusal) -> MessageRequest {
        let read: Result<MessageRequest, APIRefusal>
        do throws(EvaluationThreads.Overload) {
            read = try await threads.run(of: "key \(key.id)") {
                Result { () throws(APIRefusal) in try message(in: body, account: account) }
            }
        } catch {
            throw .unavailable("There is too much to do; try again.", reason: HTTPRefusal.overloaded.reason)
        }
        return try read.get()
    }

    /// Reads a body and holds it against the account's templates.
    private func message(in body: [UInt8], account: String) throws(APIRefusal) -> MessageRequest {
        let json: JSON
        do {
            json = try JSON(parsing: body)
        } catch {
            throw APIRefusal(.invalidJSON(error))
        }
        let message: MessageRequest
        do throws(MessageRequestError) {
            message = try MessageRequest(json: json)
        } catch {
            throw APIRefusal(PartnerError(error))
        }
        if let problem = templates(account)?.check(message).first {
            throw APIRefusal(PartnerError(problem))
        }
        return message
    }

    // MARK: Storing

    private func store(
        _ message: NewMessage,
        of request: InboundRequest,
        _ key: IdempotencyKey?,
        now: Timestamp
    ) async throws -> Reply {
        let trace = AcceptTrace(of: request, to: Self.source, at: now, tracer)
        var submission = submission(message, of: request, senderID: key?.key, now: now)
        submission.event.trace = trace?.context
        let answer = APIAnswer.accepted(message.id)
        let stored: IdempotentReceipt
        do throws(StoreError) {
            stored = try await store(submission, key, answer)
        } catch {
            trace?.failed(error, status: 503, at: clock.now)
            throw error
        }
        switch stored {
        case .stored(let receipt):
            metrics.stored(submission, receipt)
            trace?.stored([receipt], status: answer.status, at: clock.now)
            return APIAnswer.reply(answer)
        case .used(let use):
            return try reply(use)
        }
    }

    private func store(
        _ submission: Submission,
        _ key: IdempotencyKey?,
        _ answer: KeptAnswer
    ) async throws(StoreError) -> IdempotentReceipt {
        guard let key else { return .stored(try await store.accept(submission)) }
        return try await store.accept(submission, key: key, answer: answer)
    }

    private func submission(
        _ message: NewMessage,
        of request: InboundRequest,
        senderID: String?,
        now: Timestamp
    ) -> Submission {
        let event = NewEvent(
            id: EventID(at: now),
            source: Self.source,
            type: Self.eventType,
            senderID: senderID,
            receivedAt: now,
            headers: request.headers.withoutSecrets,
            rawBody: request.body,
            disposition: .matched
        )
        return Submission(event: event, messages: [message])
    }

    private func reply(_ use: IdempotencyUse) throws(APIRefusal) -> Reply {
        guard case .same(let answer) = use else { throw .keyUsed }
        metrics.count("duplicate")
        return APIAnswer.reply(answer)
    }
}
