// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import AdminAPI
import Events
import HTTPTypes
import HTTPValues
import OrderedCollections
import Outbox
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
