// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import AdminAPI
import Events
import HTTPTypes
import HTTPValues
import Messages
import Outbox
import TestSupport
import Testing

@Suite("What the admin API tells while somebody listens", .timeLimit(.minutes(10)))
struct StreamTests {
    /// What a listener heard: the pieces of the body, and `end`.
    private typealias Heard = EventRecorder<String>

    /// Listens while a test does something.
    private func listening(
        _ admin: AdminUnderTest,
        _ query: String = "",
        as token: String = "read",
        _ headers: [String: String] = [:],
        stopsAt stop: (piece: Int, gate: Gate)? = nil,
        _ body: (Heard) async throws -> Void
    ) async throws {
        let reply = try await admin.ask(.get, "/stream\(query)", as: token, headers)
        #expect(reply.status == 200 && reply["Content-Type"] == "text/event-stream")
        #expect(reply["X-Accel-Buffering"] == "no", "a proxy that collects answers would keep it to itself")
        let (stream, heard) = (try #require(reply.stream), Heard())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await stream.write { piece in
                    heard.record(String(decoding: piece, as: UTF8.self))
                    if let stop, heard.elements.count == stop.piece { await stop.gate.pass() }
                }
                heard.record("end")
            }
            try await body(heard)
            group.cancelAll()
        }
        #expect(heard.elements.last == "end")
    }

    /// Lets a second pass, once the listener waits for it.
    private func second(_ admin: AdminUnderTest) async {
        await admin.clock.untilSleeping()
        await admin.clock.advance(by: .seconds(1))
    }

    /// The update of a piece, with its id; `nil` for anything else.
    private func update(_ piece: String?) throws -> (id: String, json: JSON)? {
        guard let match = piece?.firstMatch(of: /^event: update\nid: ([0-9]+-[0-9]+)\ndata: (.*)\n\n$/) else {
            return nil
        }
        return (String(match.1), try JSON(parsing: String(match.2)))
    }

    /// Where the lists end now.
    private func ends(_ admin: AdminUnderTest) async throws -> ListEnds {
        try await admin.store.growth(since: nil, through: nil, upTo: 1).ends
    }

    @Test("an update says how much has come since the one before, how many messages stand where, and which jobs run")
    func updates() async throws {
        try await withAdmin { admin in
            try await admin.message()
            try await listening(admin) { heard in
                await heard.until { $0.count == 2 }
                #expect(heard.elements[0] == "retry: 2000\n\n")
                let first = try #require(try update(heard.elements[1]))
                let place = try await ends(admin)
                #expect(first.id == "\(place)")
                #expect(first.json["events"] == 0 && first.json["messages"] == 0 && first.json["has_more"] == false)
                #expect(first.json["states"]?["scheduled"] == 1 && first.json["states"]?["failed"] == 0)
                #expect(first.json["jobs"] == [])

                for _ in 0..<2 { try await admin.message() }
                let job = try await admin.post("/jobs", #"{"action": "cancel", "all": true}"#).json
                await second(admin)
                await heard.until { $0.count == 3 }
                let next = try #require(try update(heard.elements[2]))
                let later = try await ends(admin)
                #expect(next.id == "\(later)")
                #expect(next.json["events"] == 2 && next.json["messages"] == 2)
                #expect(next.json["states"]?["scheduled"] == 3)
                #expect(next.json["jobs"] == JSON.array([try #require(job)]))
            }
        }
    }

    @Test("nothing new is a heartbeat after fifteen seconds, and not a byte before")
    func heartbeat() async throws {
        try await withAdmin { admin in
            try await listening(admin) { heard in
                await heard.until { $0.count == 2 }
                for _ in 0..<14 { await second(admin) }
                await admin.clock.untilSleeping()
                #expect(heard.elements.count == 2)
                await second(admin)
                await heard.until { $0.count == 3 }
                #expect(heard.elements[2] == ":\n\n")
            }
        }
    }

    @Test("who comes back hears how much has come meanwhile, by header or query; what was no place is refused")
    func resuming() async throws {
        try await withAdmin { admin in
            var known: [ListEnds] = []
            for _ in 0..<3 {
                try await admin.message()
                known.append(try await ends(admin))
            }
            let place = "\(known[0].event)-\(known[1].message)"
            for (query, headers) in [
                ("", ["Last-Event-ID": place]), ("?after=\(place)", [:]),
                ("?after=\(known[2])", ["Last-Event-ID": place]),
            ] {
                try await listening(admin, query, headers) { heard in
                    await heard.until { $0.count == 2 }
                    let first = try #require(try update(heard.elements[1]))
                    #expect(first.id == "\(known[2])")
                    #expect(first.json["events"] == 2 && first.json["messages"] == 1)
                }
            }
            try await listening(admin, "?after=99-99") { heard in
                await heard.until { $0.count == 2 }
                let first = try #require(try update(heard.elements[1]))
                #expect(first.json["events"] == 0)
            }
            for text in ["", "1", "1-", "-1-1", "1-1-1", "x-1", "1-9999999999999999999"] {
                let reply = try await admin.ask(.get, "/stream", ["Last-Event-ID": text])
                #expect(reply.status == 400 && reply.json?["errors"]?[0]?["header"] == "Last-Event-ID", "\(text)")
                #expect(try await admin.ask(.get, "/stream?after=\(text)").status == 400, "\(text)")
            }
        }
    }

    @Test("who is slow hears once what others hear in several updates, and nothing of it is lost")
    func slow() async throws {
        try await withAdmin { admin in
            let gate = Gate()
            try await listening(admin, stopsAt: (3, gate)) { slow in
                await slow.until { $0.count == 2 }
                try await admin.message()
                await second(admin)
                await slow.until { $0.count == 3 }
                try await listening(admin) { quick in
                    for count in 3...5 {
                        await quick.until { $0.count == count - 1 }
                        try await admin.message()
                        await second(admin)
                    }
                    await quick.until { $0.count == 5 }
                    #expect(slow.elements.count == 3)
                }
                gate.open()
                await slow.until { $0.count == 4 }
                let updates = try slow.elements.dropFirst().compactMap { try update($0) }
                let place = try await ends(admin)
                #expect(updates.map(\.id).last == "\(place)")
                #expect(updates.map { $0.json["events"] } == [0, 1, 3])
            }
        }
    }

    @Test("a token that is taken back ends what its holder listens to, within fifteen seconds")
    func revoked() async throws {
        try await withAdmin { admin in
            try await listening(admin) { heard in
                await heard.until { $0.count == 2 }
                let tokens = try await admin.ask(.get, "/tokens").json?["data"]?.array ?? []
                let id = try #require(tokens.first { $0["name"] == "read" }?["id"]?.string)
                let revoked = try await admin.post("/tokens/\(id)/revoke", as: "admin+pii")
                #expect(revoked.status == 200)
                for _ in 0..<15 { await second(admin) }
                await heard.until { $0.last == "end" }
            }
        }
    }

    @Test("who is let in within the process listens by the same rules")
    func inside() async throws {
        try await withAdmin { admin in
            let text = try #require(admin.tokens["read"].flatMap(TokenText.init))
            let token = try await admin.api.admit(text.fingerprint, host: "localhost")
            let heard = Heard()
            try await admin.message()
            let stream = try await admin.api.follow(after: "0-0", as: token)
            try await stream.write { piece in
                heard.record(String(decoding: piece, as: UTF8.self))
                if heard.elements.count == 2 { throw CancellationError() }
            }
            let first = try #require(try update(heard.elements.last))
            #expect(first.json["events"] == 1)
            let problem = await #expect(throws: APIProblem.self) { try await admin.api.follow(after: "x", as: token) }
            #expect(problem?.kind == .badRequest)
        }
    }

    @Test("256 listen at most, and who goes makes a place")
    func places() async throws {
        try await withAdmin { admin in
            var listeners: [Reply] = []
            for _ in 0..<256 { listeners.append(try await admin.ask(.get, "/stream")) }
            #expect(listeners.allSatisfy { $0.status == 200 })
            let refused = try await admin.ask(.get, "/stream")
            #expect(refused.status == 503 && refused["Retry-After"] == "5")
            listeners.removeLast()
            #expect(try await admin.ask(.get, "/stream").status == 200)
        }
    }
}
