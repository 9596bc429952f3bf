// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import Messages
internal import NIOConcurrencyHelpers
internal import OrderedCollections
internal import Outbox

/// Carries changes out, each once: with its line in the audit log, and under the caller's `Idempotency-Key`.
///
/// The store takes key, change and line in one transaction, so that a kill leaves either all of them or none. What runs at
/// this moment is known here: a repetition that comes meanwhile is told to come again.
final class ChangeDesk: Sendable {
    private let store: any ActionStore
    private let running = NIOLockedValueBox<Set<IdempotencyKey>>([])

    init(_ store: any ActionStore) {
        self.store = store
    }

    /// Carries out what a route wants, or answers as the first request with the same key was answered.
    func carryOut(
        _ call: Call,
        _ request: InboundRequest,
        _ work: @Sendable (Call) async throws -> PlannedChange
    ) async throws -> Reply {
        guard let key = try key(of: request, call.token) else {
            return try await perform(try await work(call), call, key: nil, asText: request.wantsText)
        }
        // A key counts with its token whatever body comes, so that two bodies cannot run at the same time.
        let name = IdempotencyKey(apiKey: key.apiKey, key: key.key, bodyFingerprint: [])
        guard running.withLockedValue({ $0.insert(name).inserted }) else {
            throw APIProblem(
                .keyInUse,
                "A request with this Idempotency-Key is being carried out.",
                headers: [.retryAfter: "1"]
            )
        }
        defer { running.withLockedValue { _ = $0.remove(name) } }
        if let use = try await store.use(ofActionKey: key, at: call.now) { return try repeated(use) }
        return try await perform(try await work(call), call, key: key, asText: request.wantsText)
    }

    private func key(of request: InboundRequest, _ token: AccessToken) throws(APIProblem) -> IdempotencyKey? {
        let lines = request.headers[values: .idempotencyKey]
        guard let text = lines.first else { return nil }
        guard lines.count == 1, (1...255).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else {
            let mistake = FieldMistake(
                .header("Idempotency-Key"),
                "expected one line of 1 to 255 printable ASCII characters"
            )
            throw APIProblem(.badRequest, "The Idempotency-Key cannot be one.", [mistake])
        }
        let whole = Array("\(request.method.rawValue) \(request.line.path)\n".utf8) + request.body
        return IdempotencyKey(apiKey: token.id, key: text, bodyFingerprint: Fingerprint(of: whole).bytes)
    }

    private func repeated(_ use: IdempotencyUse) throws(APIProblem) -> Reply {
        guard case .same(let answer) = use else {
            throw APIProblem(.keyReused, "This Idempotency-Key was used for another path or body within 24 hours.")
        }
        return Self.reply(answer, [.idempotencyReplayed: "true"])
    }

    private static func reply(_ answer: KeptAnswer, _ headers: HTTPFields = [:]) -> Reply {
        Reply(status: answer.status, headers: [.contentType: "application/json"] + headers, body: answer.body)
    }

    private func perform(
        _ change: PlannedChange,
        _ call: Call,
        key: IdempotencyKey?,
        asText: Bool
    ) async throws -> Reply {
        switch change.place {
        case .store(let wanted, let steps, let count, let answer):
            let action = OperatorAction(
                wanted,
                by: Operator(.token, call.token.name),
                because: call.reason,
                ifSteps: steps,
                ifAbout: count,
                at: call.now
            )
            return try await perform(action, change, key: key, asText: asText, answer)
        case .service(let action, let subject, let perform):
            let (json, detail) = try perform()
            let answer = KeptAnswer(status: change.status, body: json.encoded())
            let line = line(action, subject, detail, call)
            try await store.record(line, taking: key.map { ($0, answer) })
            return Self.reply(answer)
        case .steps(let action, let subject, let perform):
            let done = try await perform()
            let answer = KeptAnswer(status: change.status, body: done.body)
            if let key {
                let line = line(action, subject, "the whole request, whose parts have lines of their own", call)
                try await store.record(line, taking: (key, answer))
            }
            if asText, let text = done.text { return .printed(text(), status: change.status) }
            return Self.reply(answer)
        }
    }

    private func perform(
        _ action: OperatorAction,
        _ change: PlannedChange,
        key: IdempotencyKey?,
        asText: Bool,
        _ answer: @escaping @Sendable (Changed) -> JSON
    ) async throws -> Reply {
        let kept: @Sendable (Changed) -> KeptAnswer = {
            KeptAnswer(status: change.status, body: answer($0).encoded())
        }
        switch try await store.carryOut(action, once: key.map { OnceRequest(key: $0, answer: kept) }) {
        case .used(let use): return try repeated(use)
        case .done(let changed):
            if asText, let text = change.text { return .printed(text(changed), status: change.status) }
            return Self.reply(Self.adding(change.secrets, to: answer(changed), change.status))
        }
    }

    private func line(_ action: String, _ subject: String, _ detail: String, _ call: Call) -> AuditLine {
        AuditLine(
            at: call.now,
            who: Operator(.token, call.token.name),
            action: action,
            subject: subject,
            reason: call.reason,
            detail: detail
        )
    }

    /// The answer with what is told this once.
    private static func adding(_ secrets: [String: String], to json: JSON, _ status: Int) -> KeptAnswer {
        let told = JSON.object(.init(uniqueKeysWithValues: secrets.map { ($0.key, .string($0.value)) }))
        return KeptAnswer(status: status, body: json.adding(told).encoded())
    }
}
