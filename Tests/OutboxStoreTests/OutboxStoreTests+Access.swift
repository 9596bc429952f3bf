// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

// Who may use the admin API, and what was changed by hand.

extension OutboxStoreTests {
    private var asha: Operator { Operator(.user, "asha") }

    private func token(_ id: String, name: String? = nil, expires: Timestamp? = nil, byte: UInt8 = 1) -> AccessToken {
        AccessToken(
            id: id,
            name: name ?? id,
            scope: .operate,
            seesPersonalData: true,
            fingerprint: [UInt8](repeating: byte, count: 32),
            createdAt: now,
            expiresAt: expires
        )
    }

    private func idempotencyKey(_ key: String, body: UInt8 = 1) -> IdempotencyKey {
        IdempotencyKey(apiKey: "tok_a", key: key, bodyFingerprint: [UInt8](repeating: body, count: 32))
    }

    private func once(_ key: IdempotencyKey) -> OnceRequest {
        OnceRequest(key: key) { KeptAnswer(status: 200, body: Array($0.sentence.utf8)) }
    }

    @Test(
        "a token is kept whole, found by its fingerprint alone, used and revoked",
        arguments: StoreUnderTest.all
    )
    func keepsTokens(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let tokens = [token("tok_b", expires: later(9)), token("tok_c", byte: 2)]
            for token in tokens { _ = try await store.carryOut(OperatorAction(.addToken(token), by: asha, at: now)) }
            #expect(try await store.tokens() == tokens)
            #expect(try await store.token(fingerprint: tokens[1].fingerprint) == tokens[1])
            #expect(try await store.token(fingerprint: [UInt8](repeating: 3, count: 32)) == nil)
            store.noteUse(ofToken: "tok_c", at: later(1))
            let first = OperatorAction(.revokeToken("tok_c"), by: asha, at: later(5))
            _ = try await store.carryOut(first)
            _ = try await store.carryOut(OperatorAction(.revokeToken("tok_c"), by: asha, at: later(9)))
            var revoked = tokens[1]
            (revoked.lastUsedAt, revoked.revokedAt) = (later(1), later(5))
            #expect(try await store.tokens() == [tokens[0], revoked])
        }
    }

    @Test("no two live tokens have the same name, so that a name says who", arguments: StoreUnderTest.all)
    func namesTokens(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            func add(_ token: AccessToken, at time: Timestamp) async throws {
                _ = try await store.carryOut(OperatorAction(.addToken(token), by: asha, at: time))
            }
            try await add(token("tok_a", name: "shop", expires: later(60)), at: now)
            let again = token("tok_b", name: "shop", byte: 2)
            let error = await #expect(throws: StoreError.self) { try await add(again, at: later(59)) }
            #expect(error?.code == .conflict)
            try await add(again, at: later(60))
            _ = try await store.carryOut(OperatorAction(.revokeToken("tok_b"), by: asha, at: later(61)))
            try await add(token("tok_c", name: "shop", byte: 3), at: later(61))
            #expect(try await store.tokens().map(\.id) == ["tok_a", "tok_b", "tok_c"])
        }
    }

    @Test(
        "what is changed by hand stands in the audit log, and what was refused, too",
        arguments: StoreUnderTest.all
    )
    func audits(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let message = try Make.message(dueAt: later(60))
            _ = try await store.accept(Make.submission(messages: [message]))
            let grafana = Operator(.token, "grafana")
            let cancel = OperatorAction(
                .decide(.cancel, message.id),
                by: grafana,
                because: "call 98123 45670",
                at: later(1)
            )
            _ = try await store.carryOut(cancel)
            await #expect(throws: StoreError.self) { try await store.carryOut(cancel) }
            let stop = ConsentEntry("phone:919812345670", .optedOut, .all, origin: .operator, at: now, who: "asha")
            _ = try await store.carryOut(OperatorAction(.consent([stop, stop]), by: asha, at: later(2)))
            let lines = try await store.audit(AuditFilter()).elements
            let line = AuditLine(
                at: later(1),
                who: grafana,
                action: "messages.cancel",
                subject: message.id.rawValue,
                reason: "call [number]",
                detail: "cancelled"
            )
            #expect(lines.count == 3)
            #expect(lines.last == line)
            #expect(lines.map(\.result) == [.done, .refused, .done])
            #expect(lines.map(\.action) == ["consent.add", "messages.cancel", "messages.cancel"])
            #expect(lines.first?.detail == "1 written, 1 known, 0 messages suppressed")
            #expect(lines.first?.count == 2)
            #expect(try await store.message(message.id)?.timeline.last?.who == "token grafana")
            #expect(try await store.audit(AuditFilter(who: "grafana", limit: 1)).elements == [lines[1]])
            #expect(try await store.audit(AuditFilter(action: "consent.add")).elements == [lines[0]])
            #expect(try await store.audit(AuditFilter(since: later(2))).elements == [lines[0]])
            let page = try await store.audit(AuditFilter(limit: 2))
            #expect(try await store.audit(AuditFilter(limit: 2, cursor: page.next)).elements == [lines[2]])
        }
    }

    @Test("a job has a line with how many it is about, and each change of it one", arguments: StoreUnderTest.all)
    func auditsJobs(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let messages = try (0..<3).map { _ in try Make.message(dueAt: later(60)) }
            _ = try await store.accept(Make.submission(messages: messages))
            let order = JobOrder(.cancel, MessageSelection(rule: "order-paid"), by: "asha")
            let begun = try await store.carryOut(OperatorAction(.beginJob(order), by: asha, because: "wrong", at: now))
            guard case .job(let job) = begun else { return #expect(Bool(false), "it is a job") }
            _ = try await store.carryOut(OperatorAction(.changeJob(.cancel, job.id), by: asha, at: later(1)))
            let lines = try await store.audit(AuditFilter()).elements
            #expect(lines.map(\.action) == ["jobs.cancel", "messages.cancel"])
            #expect(lines.map(\.count) == [1, 3])
            #expect(lines.map(\.subject) == [job.id.rawValue, "rule order-paid"])
            #expect(lines.map(\.detail) == ["\(job.id): cancelled", "\(job.id): running"])
        }
    }

    @Test("of twenty requests with the same key one is carried out", arguments: StoreUnderTest.all)
    func carriesOutOnce(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let message = try Make.message(dueAt: later(60))
            _ = try await store.accept(Make.submission(messages: [message]))
            let action = OperatorAction(.decide(.cancel, message.id), by: asha, at: now)
            #expect(try await store.use(ofActionKey: idempotencyKey("k"), at: now) == nil)
            let outcomes = try await withThrowingTaskGroup(of: ActionOutcome.self) { group in
                for _ in 0..<20 { group.addTask { try await store.carryOut(action, once: once(idempotencyKey("k"))) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let kept = KeptAnswer(status: 200, body: Array("cancelled".utf8))
            #expect(outcomes.count { if case .done = $0 { true } else { false } } == 1)
            #expect(outcomes.count { $0 == .used(.same(kept)) } == 19)
            #expect(try await store.audit(AuditFilter()).elements.count == 1)
            #expect(try await store.carryOut(action, once: once(idempotencyKey("k", body: 2))) == .used(.other))
            #expect(try await store.use(ofActionKey: idempotencyKey("k"), at: later(86_399)) == .same(kept))
            #expect(try await store.use(ofActionKey: idempotencyKey("k"), at: later(86_400)) == nil)
        }
    }

    @Test("what is refused leaves its key free", arguments: StoreUnderTest.all)
    func refusalTakesNoKey(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let action = OperatorAction(.revokeToken("tok_a"), by: asha, at: now)
            await #expect(throws: StoreError.self) {
                try await store.carryOut(action, once: once(idempotencyKey("k")))
            }
            #expect(try await store.use(ofActionKey: idempotencyKey("k"), at: now) == nil)
            _ = try await store.carryOut(OperatorAction(.addToken(token("tok_a")), by: asha, at: now))
            let outcome = try await store.carryOut(action, once: once(idempotencyKey("k")))
            #expect(outcome != .used(.other))
            #expect(try await store.tokens().map { $0.state(at: now) } == [.revoked])
        }
    }

    @Test(
        "what was done elsewhere is written down, and takes the key of its request",
        arguments: StoreUnderTest.all
    )
    func recordsWhatElseWasDone(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let line = AuditLine(at: now, who: asha, action: "accounts.resume", subject: "main", detail: "goes on")
            let answer = KeptAnswer(status: 200, body: [1])
            try await store.record(line, taking: (idempotencyKey("k"), answer))
            try await store.record(line, taking: nil)
            #expect(try await store.audit(AuditFilter(subject: "main")).elements == [line, line])
            // Seven digits of an id are no phone number; those behind it may be.
            let told = "job_01KEZYNRA1234567RMFBBBYQ5X: told 98450 61237"
            try await store.record(
                AuditLine(at: now, who: asha, action: "jobs.cancel", subject: "", detail: told),
                taking: nil
            )
            let detail = try await store.audit(AuditFilter(action: "jobs.cancel")).elements.first?.detail
            #expect(detail == "job_01KEZYNRA1234567RMFBBBYQ5X: told [number]")
            let digits = "job_" + String(repeating: "9", count: 26)
            #expect(AuditLine(at: now, who: asha, action: "a", subject: "", detail: digits).detail == "job_[number]")
            #expect(try await store.use(ofActionKey: idempotencyKey("k"), at: now) == .same(answer))
        }
    }
}
