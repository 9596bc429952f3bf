// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
package import Events
package import HTTPTypes
internal import OrderedCollections
internal import Outbox
package import PartnerAPI

/// Somebody's look at a page, or use of its form: who, where, and the API to ask as them.
struct Visit: Sendable {
    /// Who looks.
    let token: AccessToken
    /// The time now.
    let now: Timestamp
    /// What stands in the named parts of the path.
    let path: [String: String]
    /// What stands in the query, without what is empty.
    let query: [String: String]
    /// What stands in the form.
    let form: [String: String]
    /// Where the browser was in the stream of what changes.
    let lastEventID: String?
    /// What the service tells the console beside its API.
    let ports: ConsolePorts
    let api: AdminAPI

    /// Whether the holder of the token may do what needs a scope.
    func may(_ scope: AccessScope) -> Bool { token.scope >= scope }

    /// What stands in the part of the path that every resource has.
    var id: String { path["id"] ?? "" }

    /// Asks the API.
    ///
    /// - Parameters:
    ///   - path: Below its base path; parts that come from elsewhere are encoded (``segment(_:)``).
    ///   - query: Names and values; those without a value are left out.
    /// - Returns: The answer.
    /// - Throws: ``APIProblem``.
    func get(_ path: String, _ query: [(String, String?)] = []) async throws(APIProblem) -> JSON {
        try await api.ask(.get(path, query), as: token).value
    }

    /// An event, as much of it as a page shows.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - bytes: The most bytes of its body.
    ///   - messages: The most of its messages.
    /// - Returns: The event.
    /// - Throws: ``APIProblem``.
    func event(_ id: String, bytes: Int = 0, messages: Int = 0) async throws(APIProblem) -> JSON {
        try await get("/events/\(Self.segment(id))", [("body_bytes", "\(bytes)"), ("messages", "\(messages)")])
    }

    /// Asks the API for bytes as they are stored.
    func bytes(_ path: String) async throws(APIProblem) -> [UInt8] { try await api.bytes(.get(path), as: token) }

    /// Asks the API for something that may not be there.
    ///
    /// - Parameters:
    ///   - path: Below its base path, as for ``get(_:_:)``.
    ///   - query: Names and values.
    /// - Returns: The answer; `nil` where there is nothing.
    /// - Throws: ``APIProblem``.
    func find(_ path: String, _ query: [(String, String?)] = []) async throws(APIProblem) -> JSON? {
        do {
            return try await get(path, query)
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }

    /// Asks the API for a resource with its validator.
    func resource(_ path: String) async throws(APIProblem) -> InsideAnswer {
        try await api.ask(.get(path), as: token)
    }

    /// Asks the API what needs a body to be said, and changes nothing.
    ///
    /// - Parameters:
    ///   - path: Below its base path.
    ///   - body: What the route's body wants.
    /// - Returns: The answer.
    /// - Throws: ``APIProblem``.
    func ask(_ path: String, _ body: [String: JSON]) async throws(APIProblem) -> JSON {
        try await api.ask(.post(path, Self.object(body)), as: token).value
    }

    private static func object(_ members: [String: JSON]) -> JSON {
        .object(.init(uniqueKeysWithValues: members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }

    /// Has the API change something: once for each form that was sent, and only of what was seen.
    ///
    /// - Parameters:
    ///   - path: Below its base path.
    ///   - body: What the route's body wants, beside the reason.
    /// - Returns: The answer.
    /// - Throws: ``APIProblem``.
    func post(_ path: String, _ body: [String: JSON] = [:]) async throws(APIProblem) -> JSON {
        var body = body
        if let reason = form["reason"] { body["reason"] = .string(String(reason.prefix(500))) }
        let request = InsideRequest.post(
            path,
            Self.object(body),
            key: form["once"].map { String($0.prefix(100)) },
            ifMatch: form["seen"]
        )
        return try await api.ask(request, as: token).value
    }

    /// A text as one segment of a path.
    static func segment(_ text: String) -> String { PercentEncoding.encode(text) }
}

/// What the service tells the console beside what its API tells.
package struct ConsolePorts: Sendable {
    /// The templates of an account as they were last known.
    let templates: @Sendable (_ account: String) -> TemplateCatalogue?
    /// What the clocks of a number's country show at an instant; `nil` where nobody knows, or they differ.
    let localTime: @Sendable (_ digits: String, _ instant: Timestamp) -> LocalTime?
    /// What rules make of an event that did not happen.
    let rehearse: @Sendable (Trial) async throws(Refusal) -> JSON

    /// An event that did not happen.
    package struct Trial: Sendable {
        /// Who would have posted it.
        package let source: String
        /// With what headers.
        package let headers: HTTPFields
        /// Its body.
        package let payload: String
        /// A rule file; `nil` for the rules that run.
        package let rules: String?
    }

    /// Why there is no answer.
    package struct Refusal: Error, Hashable, Sendable {
        /// One sentence.
        package let reason: String

        package init(_ reason: String) {
            self.reason = reason
        }
    }

    /// What clocks show.
    package struct LocalTime: Hashable, Sendable {
        /// Such as `20:41 on 2026-01-15`.
        package let words: String
        /// Such as `Asia/Kolkata`.
        package let zone: String

        package init(words: String, zone: String) {
            self.words = words
            self.zone = zone
        }
    }

    package init(
        templates: @escaping @Sendable (_ account: String) -> TemplateCatalogue?,
        localTime: @escaping @Sendable (_ digits: String, _ instant: Timestamp) -> LocalTime?,
        rehearse: @escaping @Sendable (Trial) async throws(Refusal) -> JSON
    ) {
        self.templates = templates
        self.localTime = localTime
        self.rehearse = rehearse
    }
}
