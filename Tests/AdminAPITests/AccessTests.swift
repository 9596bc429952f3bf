// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import AdminAPI
import Events
import Foundation
import HTTPTypes
import HTTPValues
import InMemoryLogging
import Logging
import Messages
import Outbox
import SQLiteOutbox
import TestSupport
import Testing

@Suite("Who may use the admin API", .timeLimit(.minutes(10)))
struct AccessTests {
    /// A path of the route with something in its named parts.
    private func path(_ route: Route) -> String {
        route.path.names.reduce(route.path.description) { $0.replacing("{\($1)}", with: "none") }
    }

    @Test("every route lets in the scopes that it names and those above, and payloads go to pii alone")
    func scopes() async throws {
        try await withAdmin { admin in
            #expect(admin.api.routes.count > 35)
            for route in admin.api.routes {
                for scope in AccessScope.allCases {
                    for pii in [false, true] {
                        let token = scope.rawValue + (pii ? "+pii" : "")
                        let reply = try await admin.ask(route.method, path(route), as: token)
                        let expected: String? =
                            scope < route.scope ? "forbidden" : route.showsPersonalData && !pii ? "hidden" : nil
                        let label: Comment = "\(route.method) \(route.path) as \(token): \(reply.status)"
                        guard expected == nil else {
                            #expect(reply.status == 403 && reply.problem == expected, label)
                            continue
                        }
                        // Let in, it finds nothing of that name, or misses what its body must say.
                        let lacks =
                            route.body?.fields.contains(where: \.isRequired) ?? false
                            || route.query.contains(where: \.isRequired)
                        let there = route.method == .get ? [200] : [400, 422]
                        let statuses = lacks ? [400] : route.path.names.isEmpty ? there : [404]
                        #expect(statuses.contains(reply.status), label)
                    }
                }
            }
        }
    }

    @Test("without a live token everything is refused, whatever is asked")
    func tokens() async throws {
        try await withAdmin { admin in
            let text = try #require(admin.tokens["admin+pii"])
            let changed = text.dropLast() + (text.hasSuffix("0") ? "1" : "0")
            for token in [nil, "", "hk_a_", String(changed), text.lowercased(), "\(text) \(text)"] {
                for route in admin.api.routes {
                    let reply = try await admin.ask(route.method, path(route), as: token)
                    #expect(reply.status == 401, "\(route.method) \(route.path)")
                    #expect(reply["WWW-Authenticate"] == "Bearer realm=\"hookline\"")
                }
            }
            for scheme in ["Basic \(text)", text, "Bearer", "Token \(text)"] {
                #expect(try await admin.ask(.get, "/health", as: nil, ["Authorization": scheme]).status == 401)
            }
            #expect(try await admin.ask(.get, "/no-such-path", as: nil).status == 401)
        }
    }

    @Test("a token that is revoked or over opens nothing from then on; its use is written once an hour")
    func life() async throws {
        try await withAdmin { admin in
            func lastUse(_ name: String) async throws -> Timestamp? {
                try await admin.store.tokens().first { $0.name == name }?.lastUsedAt
            }
            let start = admin.clock.now
            #expect(try await lastUse("read") == nil)
            #expect(try await admin.ask(.get, "/health", as: "read").status == 200)
            await admin.clock.advance(by: .seconds(3_599))
            #expect(try await admin.ask(.get, "/health", as: "read").status == 200)
            #expect(try await lastUse("read") == start)
            await admin.clock.advance(by: .seconds(1))
            #expect(try await admin.ask(.get, "/health", as: "read").status == 200)
            #expect(try await lastUse("read") == admin.clock.now)
            let id = try #require(try await admin.store.tokens().first { $0.name == "read" }?.id)
            #expect(try await admin.post("/tokens/\(id)/revoke", as: "admin").json?["state"] == "revoked")
            #expect(try await admin.ask(.get, "/health", as: "read").status == 401)
            await admin.clock.advance(by: .seconds(86_400))
            #expect(try await admin.ask(.get, "/health", as: "admin").status == 401)
        }
    }

    @Test(
        "a name that is none of the service's is refused before anything else, and so is no name",
        arguments: [
            ("localhost", true), ("LOCALHOST:8081", true), ("127.0.0.1", true), ("127.0.0.1:8081", true),
            ("10.0.0.7:80", true), ("[::1]", true), ("[::1]:8081", true), ("[fe80::1]:65535", true),
            ("hookline.internal", true), ("Hookline.Internal:443", true),
            ("evil.example", false), ("localhost.evil.example", false), ("evil.example:8081", false),
            ("127.0.0.1.evil.example", false), ("127.0.0.1.nip.io", false), ("localhost:8081:80", false),
            ("localhost@evil.example", false), ("evil.example#localhost", false), ("localhost.", false),
            ("256.0.0.1", false), ("1.2.3", false), ("0x7f.1", false), ("[::1", false), ("[evil]", false),
            ("[::1]evil", false), ("[::1]:99999", false), ("localhost:", false), ("localhost:x", false), ("", false),
            ("hookline.internal.evil.example", false), ("xhookline.internal", false),
        ]
    )
    func hosts(host: String, isTaken: Bool) async throws {
        try await withAdmin { admin in
            let reply = try await admin.ask(.get, "/health", ["Host": host])
            #expect(reply.status == (isTaken ? 200 : 421))
            #expect(reply.problem == (isTaken ? nil : "bad-host"))
            if !isTaken { #expect(try await admin.ask(.get, "/health", as: nil, ["Host": host]).status == 421) }
        }
    }

    @Test("what fails inside is told to the log with the request's id, and not to the caller")
    func failures() async throws {
        let log = InMemoryLogHandler()
        var logger = Logger(label: "test") { _ in log }
        logger.logLevel = .debug
        try await withTemporaryFolder { folder in
            let store = try await SQLiteOutbox.open(folder.appending(path: "outbox.db").path)
            try await withAdmin(over: store, logger: logger) { admin in
                await store.close()
                let reply = try await admin.ask(.get, "/messages")
                #expect(reply.status == 503)
                #expect(reply.json?["detail"] == "Something failed inside; the log has the request's id.")
                #expect(reply["Retry-After"] == "5")
                let entry = try #require(log.entries.last)
                #expect(entry.level == .warning)
                #expect(entry.metadata["reason"] == "the store is closed")
                #expect(entry.metadata["request"]?.description == reply["X-Request-Id"])
                let refused = try await admin.ask(.get, "/messages", ["Host": "evil.example"])
                #expect(refused.status == 421)
                #expect(log.entries.last?.level == .debug)
            }
        }
    }

    @Test("nothing says that another site's pages may read, and nothing may be kept")
    func headers() async throws {
        try await withAdmin { admin in
            for reply in [
                try await admin.ask(.get, "/messages", ["Origin": "https://evil.example"]),
                try await admin.ask(.options, "/messages", ["Origin": "https://evil.example"]),
                try await admin.ask(.get, "/messages", as: nil),
            ] {
                let names = reply.headers.map { $0.name.rawName.lowercased() }
                #expect(!names.contains { $0.hasPrefix("access-control-") })
                #expect(reply["Cache-Control"] == "no-store")
                #expect(reply["X-Content-Type-Options"] == "nosniff")
                #expect(reply["X-Request-Id"]?.hasPrefix("req_") == true)
            }
        }
    }

    @Test("a token has its own rate, hears how much is left and when to come again; who shows none has one for all")
    func rates() async throws {
        try await withAdmin(rate: Rate(3, per: .seconds(60))) { admin in
            var left: [String?] = []
            for _ in 0..<3 { left.append(try await admin.ask(.get, "/health", as: "read")["RateLimit-Remaining"]) }
            #expect(left == ["2", "1", "0"])
            let refused = try await admin.ask(.get, "/health", as: "read")
            #expect(refused.status == 429)
            #expect(refused.problem == "too-many-requests")
            #expect(refused["Retry-After"] == "20")
            #expect(refused["RateLimit-Limit"] == "3")
            #expect(refused.headers.count { $0.name.rawName == "RateLimit-Limit" } == 1)
            #expect(try await admin.ask(.get, "/health", as: "admin").status == 200)
            await admin.clock.advance(by: .seconds(20))
            #expect(try await admin.ask(.get, "/health", as: "read").status == 200)
            for _ in 0..<3 { #expect(try await admin.ask(.get, "/health", as: nil).status == 401) }
            #expect(try await admin.ask(.get, "/health", as: nil).status == 429)
            #expect(try await admin.ask(.get, "/health", as: "operate").status == 200)
        }
    }

    @Test("nobody gives what they do not have")
    func noEscalation() async throws {
        try await withAdmin { admin in
            let made = try await admin.post("/tokens", as: "admin", #"{"name": "a", "pii": true}"#)
            #expect(made.status == 403)
            #expect(try await admin.post("/tokens", as: "admin", #"{"name": "a", "scope": "operate"}"#).status == 201)
            #expect(try await admin.post("/tokens", as: "operate", #"{"name": "b"}"#).status == 403)
        }
    }
}
