// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import AdminAPI
import Events
import HTTPTypes
import HTTPValues
import Messages
import OrderedCollections
import Outbox
import Presentation
import TestSupport
import Testing

@Suite("The OpenAPI document", .timeLimit(.minutes(10)))
struct DescriptionTests {
    @Test("has every route with its scope, its parameters and its body, and nothing else")
    func routes() async throws {
        try await withAdmin { admin in
            let document = try #require(try await admin.ask(.get, "/openapi.json").json)
            let paths = try #require(document["paths"]?.object)
            let described = paths.elements.reduce(0) { $0 + ($1.value.object?.count ?? 0) }
            #expect(described == admin.api.routes.count)
            for route in admin.api.routes {
                let operation = paths[route.path.description]?[route.method.rawValue.lowercased()]
                #expect(operation?["x-scope"]?.string == route.scope.rawValue)
                let parameters = (operation?["parameters"]?.array ?? []).filter { $0["in"] == "query" }
                #expect(parameters.map { $0["name"]?.string } == route.query.map(\.name))
                #expect((operation?["requestBody"] != nil) == (route.body != nil))
            }
        }
    }

    @Test("every name that it refers to is one of its components")
    func references() async throws {
        try await withAdmin { admin in
            let reply = try await admin.ask(.get, "/openapi.json")
            let names = Set(reply.json?["components"]?["schemas"]?.object?.elements.map(\.key) ?? [])
            let text = String(decoding: reply.body, as: UTF8.self)
            let used = text.matches(of: /#\/components\/schemas\/(\w+)/).map { String($0.1) }
            #expect(Set(used) == names)
        }
    }

    @Test("each answer has the members that its component names, no more and no fewer")
    func members() async throws {
        try await withAdmin { admin in
            let schemas = try #require(try await admin.ask(.get, "/openapi.json").json?["components"]?["schemas"])
            for (name, answer) in try await answers(admin) {
                let members = try #require(answer?.object, "\(name)").keys
                let named = try #require(schemas[name]?["properties"]?.object, "\(name)").keys
                #expect(Set(members) == Set(named), "\(name)")
            }
        }
    }

    /// One real answer of each component that the API makes itself.
    private func answers(_ admin: AdminUnderTest) async throws -> [(String, JSON?)] {
        let id = try await admin.message()
        let message = try await admin.ask(.get, "/messages/\(id)").json
        let event = try #require(message?["message"]?["event"]?.string)
        let job = try await admin.post("/jobs", #"{"action": "cancel", "all": true}"#).json
        let receipt = try await admin.post("/consent", #"{"phones": ["919812345670"]}"#).json
        func first(_ path: String) async throws -> JSON? { try await admin.ask(.get, path).json?["data"]?[0] }
        return [
            ("Message", try await first("/messages")), ("MessageDetail", message),
            ("TimelineEntry", message?["timeline"]?[0]),
            ("StateCounts", try await admin.ask(.get, "/messages/states").json),
            ("EventSummary", try await first("/events")), ("Event", try await admin.ask(.get, "/events/\(event)").json),
            ("Count", try await admin.ask(.get, "/events/count").json), ("Job", job), ("ConsentReceipt", receipt),
            ("Consent", try await first("/consent")), ("AuditLine", try await first("/audit")),
            ("Key", try await admin.post("/keys", as: "admin", #"{"label": "a"}"#).json),
            ("Token", try await admin.post("/tokens", as: "admin", #"{"name": "a"}"#).json),
            ("Resumed", try await admin.post("/accounts/main/resume").json),
            ("ReplayPlan", try await admin.post("/events/replay/plan", #"{"all": true}"#).json),
            ("ConsentList", try await admin.post("/consent/import/check", #"{"csv": "phone"}"#).json),
            (
                "ConsentDoubt",
                ConsentDoubt(recipient: "", at: admin.clock.now, text: "", source: "", event: EventID(rawValue: ""))
                    .json()
            ),
            ("ConsentSuggestion", ConsentSuggestion(recipient: "", failures: 3, at: admin.clock.now).json()),
            ("RuleDraft", try await admin.post("/events/\(event)/rule", #"{"template": "order_paid"}"#).json),
            ("Erasure", try await admin.post("/consent/erase/count", #"{"contacts": ["c1"]}"#).json),
        ]
    }

    @Test("no two operations have the same id")
    func ids() async throws {
        try await withAdmin { admin in
            let paths = try #require(try await admin.ask(.get, "/openapi.json").json?["paths"]?.object)
            let ids = paths.elements.flatMap {
                $0.value.object?.elements.compactMap { $0.value["operationId"]?.string } ?? []
            }
            #expect(Set(ids).count == ids.count)
        }
    }
}
