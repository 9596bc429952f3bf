// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import FaultServer
import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

/// What people do by hand, and programs through the partner API, on whichever node they happen to reach.
@Suite("What must count once on many nodes", .timeLimit(.minutes(5)))
struct DecidingNodesTests {
    let now = TestClock().now

    func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    private var asha: Operator { Operator(.user, "asha") }

    private func idempotencyKey(_ key: String) -> IdempotencyKey {
        IdempotencyKey(apiKey: "pk_a", key: key, bodyFingerprint: [UInt8](repeating: 1, count: 32))
    }

    private func answer(_ text: String) -> KeptAnswer { KeptAnswer(status: 201, body: Array(text.utf8)) }

    private func token(_ id: String, byte: UInt8) -> AccessToken {
        AccessToken(
            id: id,
            name: "shop",
            scope: .operate,
            seesPersonalData: false,
            fingerprint: [UInt8](repeating: byte, count: 32),
            createdAt: now,
            expiresAt: nil
        )
    }

    @Test("of requests with the same keys that reach nodes at once, in opposite orders, one of each key is stored")
    func requestsAtOnce() async throws {
        try await withNodes(3) { nodes, lane in
            let keys = (0..<8).map { "k-\($0)" }
            let receipts = try await withThrowingTaskGroup(of: IdempotentReceipt.self) { group in
                for (index, node) in nodes.enumerated() {
                    for key in index.isMultiple(of: 2) ? keys + keys : keys.reversed() + keys {
                        let submission = Make.submission(source: "api", messages: [try Make.message()])
                        let answer = answer("\(key) on \(index)")
                        group.addTask { try await node.accept(submission, key: idempotencyKey(key), answer: answer) }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(receipts.count { if case .stored = $0 { true } else { false } } == keys.count)
            let answers = Set(receipts.compactMap { if case .used(.same(let answer)) = $0 { answer } else { nil } })
            #expect(answers.count == keys.count, "all the others get the first one's answer")
            #expect(try await lane.number("SELECT count(*) FROM hookline.messages") == 8)
            #expect(try await lane.number("SELECT sum(duplicates)::bigint FROM hookline.events") == 40)
        }
    }

    @Test("of twenty equal requests for a change on two nodes one is carried out, and the others get its answer")
    func changesAtOnce() async throws {
        try await withNodes(2) { nodes, _ in
            let token = token("tok_a", byte: 1)
            _ = try await nodes[0].carryOut(OperatorAction(.addToken(token), by: asha, at: now))
            let action = OperatorAction(.revokeToken("tok_a"), by: asha, at: later(1))
            let once = OnceRequest(key: idempotencyKey("k")) { KeptAnswer(status: 200, body: Array($0.sentence.utf8)) }
            let outcomes = try await withThrowingTaskGroup(of: ActionOutcome.self) { group in
                for number in 0..<20 {
                    group.addTask { try await nodes[number % 2].carryOut(action, once: once) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let kept = KeptAnswer(status: 200, body: Array("shop: operate".utf8))
            #expect(outcomes.count { if case .done = $0 { true } else { false } } == 1)
            #expect(outcomes.count { $0 == .used(.same(kept)) } == 19)
            #expect(try await nodes[0].audit(AuditFilter(action: "tokens.revoke")).elements.count == 1)
        }
    }

    @Test("two nodes never give the same name to two live tokens")
    func namesAtOnce() async throws {
        try await withNodes(2) { (nodes, _) async throws in
            let errors = await withTaskGroup(of: StoreError?.self, returning: [StoreError?].self) { group in
                for (index, node) in nodes.enumerated() {
                    let action = OperatorAction(.addToken(token("tok_\(index)", byte: UInt8(index))), by: asha, at: now)
                    group.addTask {
                        do throws(StoreError) {
                            _ = try await node.carryOut(action)
                            return nil
                        } catch { return error }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(errors.compactMap { $0?.code } == [.conflict])
            #expect(try await nodes[0].tokens().count == 1)
        }
    }

    /// Pitfall 4, of what is changed by hand.
    @Test(
        "a change whose commit nobody answered is made once, and its caller hears what it came to",
        arguments: [0, 1, 2]
    )
    func cutCommit(question: Int) async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { name, _ in
            try await CuttingProxy.run(to: server.socket) { proxy in
                let address = try server.address(of: name, overPort: proxy.port)
                let store = try await PostgresOutbox.open(address, options: testOptions)
                _ = try await store.carryOut(OperatorAction(.addToken(token("tok_a", byte: 1)), by: asha, at: now))
                let action = OperatorAction(.revokeToken("tok_a"), by: asha, at: later(1))
                let answer = answer("revoked")
                let once = OnceRequest(key: idempotencyKey("k")) { _ in answer }
                // Somewhere among the answers: of the key, of the change, of the commit.
                proxy.plan(.cut, .toClient, after: question * 150)
                let outcome = try await store.carryOut(action, once: once)
                // A test whose cut never comes ends with its time.
                await proxy.faults()
                if case .used(let use) = outcome { #expect(use == .same(answer)) }
                #expect(try await store.carryOut(action, once: once) == .used(.same(answer)))
                #expect(try await store.audit(AuditFilter(action: "tokens.revoke")).elements.count == 1)
                await store.close()
            }
        }
    }

    @Test("no line of the audit log is changed or deleted, whoever is connected")
    func auditStays() async throws {
        try await withNodes(1) { nodes, lane in
            let line = AuditLine(at: now, who: asha, action: "accounts.resume", subject: "main", detail: "goes on")
            try await nodes[0].record(line, taking: nil)
            for change in ["UPDATE hookline.audit SET who = 'x'", "DELETE FROM hookline.audit"] {
                await #expect(throws: PostgresError.self) { try await lane.number(change) }
            }
            #expect(try await nodes[0].audit(AuditFilter()).elements == [line])
        }
    }
}
