// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import OrderedCollections
internal import Outbox

/// The OpenAPI 3.1 document, made of the routes: it cannot say anything else than what is checked.
struct OpenAPIDocument: Sendable {
    let json: JSON

    init(_ routes: [Route]) {
        var paths: OrderedDictionary<String, JSON> = [:]
        for route in routes {
            var operations = paths[route.path.description]?.object ?? [:]
            operations[route.method.rawValue.lowercased()] = Self.operation(route)
            paths[route.path.description] = .object(operations)
        }
        json = [
            "openapi": "3.1.0",
            "info": [
                "title": "Hookline's admin API", "version": "1",
                "description": "Everything that the command line can do. Answers may get members, never lose any.",
            ],
            "servers": [["url": .string(AdminAPI.basePath)]], "security": [["token": []]], "paths": .object(paths),
            "components": [
                "securitySchemes": [
                    "token": [
                        "type": "http", "scheme": "bearer",
                        "description":
                            "A token of `hookline tokens create`. `x-scope` of an operation is what it must allow.",
                    ]
                ],
                "schemas": .object(Components.schemas),
            ],
        ]
    }

    /// The route that gives the document, which describes it, too.
    static func route(describing routes: [Route]) -> Route {
        func giving(_ json: JSON) -> Route {
            .get("/openapi.json", .read, "This description.", answer: .resource("Document")) { _ in .resource(json) }
        }
        return giving(OpenAPIDocument(routes + [giving(.null)]).json)
    }

    private static func operation(_ route: Route) -> JSON {
        var operation: OrderedDictionary<String, JSON> = [
            "operationId": .string(id(route)), "summary": .string(route.summary),
            "x-scope": .string(route.scope.rawValue), "x-pii": .bool(route.showsPersonalData),
            "parameters": .array(parameters(route)),
        ]
        if let body = route.body { operation["requestBody"] = body.json }
        operation["responses"] = .object(responses(route))
        return .object(operation)
    }

    private static func id(_ route: Route) -> String {
        let words = route.path.description.split { !$0.isLetter && $0 != "_" }
        return ([route.method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "_")
    }

    private static func parameters(_ route: Route) -> [JSON] {
        let path = route.path.names.map { name -> JSON in
            ["name": .string(name), "in": "path", "required": true, "schema": ["type": "string", "minLength": 1]]
        }
        return path + route.query.map(\.json) + headers(route)
    }

    private static func headers(_ route: Route) -> [JSON] {
        if route.answer.hasTag {
            return [header("If-None-Match", "The ETag of what you have: 304 when it is still so.")]
        }
        if case .stream = route.answer {
            return [header("Last-Event-ID", "The `id` of the last event that came.", pattern: Schema.place)]
        }
        guard case .change = route.work else { return [] }
        let key = header(
            "Idempotency-Key",
            "By what a repetition is recognised for 24 hours.",
            pattern: "^[!-~]([ -~]{0,253}[!-~])?$"
        )
        return route.takesCondition
            ? [key, header("If-Match", "The ETag of what you decided about: 412 when it has changed.")] : [key]
    }

    private static func header(_ name: String, _ summary: String, pattern: String? = nil) -> JSON {
        let schema: JSON = pattern.map { ["type": "string", "pattern": .string($0)] } ?? ["type": "string"]
        return [
            "name": .string(name), "in": "header", "required": false, "description": .string(summary), "schema": schema,
        ]
    }

    private static func responses(_ route: Route) -> OrderedDictionary<String, JSON> {
        var good: OrderedDictionary<String, JSON> = ["description": "It is so.", "content": route.answer.content]
        if route.answer.hasTag {
            good["headers"] = ["ETag": ["description": "A strong validator.", "schema": ["type": "string"]]]
        }
        var responses: OrderedDictionary<String, JSON> = [String(route.answer.status): .object(good)]
        if route.answer.hasTag { responses["304"] = ["description": "You have it already."] }
        for status in refusals(route) { responses[String(status)] = problem(status) }
        return responses
    }

    /// The statuses of refusals that a route may have.
    private static func refusals(_ route: Route) -> [Int] {
        var statuses = [400, 401, 403, 404, 421, 422, 429, 503]
        if route.method == .post { statuses += [409, 413, 415] }
        if route.showsPersonalData { statuses.append(409) }
        if route.takesCondition { statuses.append(412) }
        return Set(statuses).sorted()
    }

    private static func problem(_ status: Int) -> JSON {
        let kinds = APIProblem.Kind.allCases.filter { $0.status == status }.map { "`\($0.rawValue)`: \($0.title)." }
        return [
            "description": .string(kinds.joined(separator: " ")),
            "content": ["application/problem+json": ["schema": Schema.ref("Problem").json]],
        ]
    }
}

extension Route {
    /// Whether it takes `If-Match`: what decides about one message.
    var takesCondition: Bool { method == .post && path.description.hasPrefix("/messages/{id}/") }
}
