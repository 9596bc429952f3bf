// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import AdminAPI
import Events
import HTTPTypes
import HTTPValues
import Messages
import Outbox
import Presentation
import TestSupport
import Testing

@Suite("Lists of consent over the admin API", .timeLimit(.minutes(10)))
struct ConsentListTests {
    private static let list = #""phone,reason\n+91 98123 45670,by mail\n12,\n+91 98123 45671,\n""#

    /// All lines of the ledger, the oldest first.
    private func ledger(_ admin: AdminUnderTest) async throws -> [ConsentEntry] {
        try await admin.store.consents(ConsentFilter(isStanding: false, limit: 1_000)).elements.reversed()
    }

    /// A body that comes in pieces, whole.
    private func text(of reply: Reply) async throws -> String {
        let (stream, pieces) = (try #require(reply.stream), EventRecorder<String>())
        try await stream.write { pieces.record(String(decoding: $0, as: UTF8.self)) }
        return pieces.elements.joined()
    }

    @Test("a list is read before it is written, and every mistake is told by line and column")
    func check() async throws {
        try await withAdmin { admin in
            let reply = try await admin.post("/consent/import/check", "{\"csv\": \(Self.list)}")
            #expect(reply.status == 200 && reply.json?["read"] == 2 && reply.json?["written"] == JSON.null)
            #expect(reply.json?["mistakes"]?[0]?["line"] == 3)
            #expect(try await ledger(admin).isEmpty)
        }
    }

    @Test("with a mistake nothing is written, unless its lines may be left out; once for a key")
    func takesOver() async throws {
        try await withAdmin { admin in
            let refused = try await admin.post("/consent/import", "{\"csv\": \(Self.list)}")
            #expect(refused.status == 422)
            let mistake = try #require(refused.json?["errors"]?[0])
            #expect(mistake["pointer"] == "#/csv")
            #expect(mistake["detail"]?.string?.hasPrefix("line 3, column 1: the phone number") == true)
            #expect(try await ledger(admin).isEmpty)

            let body = "{\"csv\": \(Self.list), \"skip_mistakes\": true, \"reason\": \"the old shop's list\"}"
            let written = try await admin.post("/consent/import", key: "k", body)
            #expect(written.status == 200 && written.json?["written"]?["written"] == 2)
            let again = try await admin.post("/consent/import", key: "k", body)
            #expect(again["Idempotency-Replayed"] == "true" && again.json == written.json)
            let lines = try await ledger(admin)
            #expect(lines.map(\.recipient) == ["phone:919812345670", "phone:919812345671"])
            #expect(lines.map(\.origin) == [.import, .import] && lines[0].who == "token operate+pii")
            let audit = try await admin.store.audit(AuditFilter()).elements.filter { $0.action.hasPrefix("consent") }
            #expect(audit.map(\.reason) == ["the old shop's list"])
        }
    }

    @Test("a list without a line, or with more than 1,000, is not written at once")
    func sizes() async throws {
        try await withAdmin { admin in
            let long = "phone\\n" + (0...1_000).map { "+91981234\(1_000 + $0)\\n" }.joined()
            for csv in ["phone\\n", long] {
                let reply = try await admin.post("/consent/import", "{\"csv\": \"\(csv)\"}")
                #expect(reply.status == 422 && reply.json?["errors"]?[0]?["pointer"] == "#/csv")
            }
            #expect(try await admin.post("/consent/import", #"{"csv": ""}"#).status == 400)
            #expect(try await admin.post("/consent/import", "{}").status == 400)
        }
    }

    @Test("the whole ledger is exported, the oldest line first, to whoever may see numbers, and reads as an import")
    func exports() async throws {
        try await withAdmin { admin in
            let list = "phone\\n" + (0..<700).map { "+91981234\(1_000 + $0)\\n" }.joined()
            #expect(try await admin.post("/consent/import", "{\"csv\": \"\(list)\"}").status == 200)
            let removed = try await admin.post("/consent/remove", #"{"phones": ["919812341000"]}"#)
            #expect(removed.status == 200)
            #expect(try await admin.ask(.get, "/consent/export", as: "read").problem == "hidden")

            let reply = try await admin.ask(.get, "/consent/export", as: "read+pii")
            #expect(reply["Content-Type"] == "text/csv; charset=utf-8; header=present")
            let whole = try await text(of: reply)
            #expect(whole == ConsentFile.table(try await ledger(admin)))
            let standing = try await text(
                of: try await admin.ask(.get, "/consent/export?standing=true", as: "read+pii")
            )
            #expect(standing.split(separator: "\n").count == 700 && !standing.contains("+919812341000,"))
        }
    }

    @Test("what may be meant as a STOP is listed until somebody decides, and its words with pii alone")
    func doubts() async throws {
        try await withAdmin { admin in
            let said = Heard(
                "phone:919812345670",
                account: "main",
                at: admin.clock.now,
                source: "wa",
                .message(.doubtful, text: "stop it")
            )
            let submission = Make.submission(source: "wa", sideEffects: SideEffects(heard: [said]), at: admin.clock.now)
            _ = try await admin.store.accept(submission)
            let whole = try await admin.ask(.get, "/consent/doubtful", as: "read+pii")
            #expect(
                whole.json?["data"]?[0] == [
                    "recipient": "+919812345670", "text": "stop it", "at": .string(admin.clock.now.rfc3339),
                    "source": "wa", "event": .string(submission.event.id.rawValue),
                ]
            )
            let masked = try await admin.ask(.get, "/consent/doubtful?limit=1", as: "read")
            #expect(masked.json?["data"]?[0]?["recipient"] == "+9•••••••••70")
            #expect(masked.json?["data"]?[0]?["text"] == "[hidden]")
            let text = try await admin.ask(.get, "/consent/doubtful", as: "read", ["Accept": "text/plain"])
            #expect(
                text.body
                    == Array(ConsentViews.table(try await admin.store.doubts(limit: 9), masking: .withoutContents).utf8)
            )
            #expect(try await admin.post("/consent/remove", #"{"phones": ["919812345670"]}"#).status == 200)
            #expect(try await admin.ask(.get, "/consent/doubtful").json?["data"] == [])
            #expect(try await admin.ask(.get, "/consent/suggested").json == ["data": [], "next": .null, "prev": .null])
        }
    }

    @Test("an export that breaks off says so, instead of ending as if it were whole")
    func breaksOff() async throws {
        try await withAdmin { admin in
            let stream = try #require(try await admin.ask(.get, "/consent/export", as: "read+pii").stream)
            await admin.store.close()
            await #expect(throws: StoreError.self) { try await stream.write { _ in } }
        }
    }

    @Test("somebody is counted by an operator and erased by an admin, once for a key")
    func erases() async throws {
        try await withAdmin { admin in
            try await admin.message()
            let body = #"{"phones": ["919812345670"], "reason": "they asked"}"#
            let count = try await admin.post("/consent/erase/count", body)
            #expect(count.json?["erased"] == false && count.json?["messages"] == 1)
            #expect(try await admin.post("/consent/erase", body).status == 403)
            let erased = try await admin.post("/consent/erase", as: "admin", key: "k", body)
            #expect(erased.status == 200 && erased.json?["erased"] == true && erased.json?["messages"] == 1)
            let again = try await admin.post("/consent/erase", as: "admin", key: "k", body)
            #expect(again["Idempotency-Replayed"] == "true" && again.json == erased.json)
            #expect(try await admin.ask(.get, "/messages").ids.isEmpty)
            let lines = try await admin.store.audit(AuditFilter(action: "consent.erase")).elements
            #expect(lines.count == 2 && lines.allSatisfy { $0.reason == "they asked" && $0.who.name == "admin" })
            #expect(!lines.contains { "\($0)".contains("9812345670") })
            let nobody = try await admin.post("/consent/erase", as: "admin", "{}")
            #expect(nobody.status == 422 && nobody.json?["errors"]?[0]?["pointer"] == "#")
        }
    }
}
