// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
package import HTTPTypes
internal import HTTPValues
package import Outbox

/// One operation of the admin API, as data: dispatch, checks and the OpenAPI document are made of it.
///
/// Nobody can make one without saying who may call it.
package struct Route: Sendable {
    /// GET, or POST for what changes something.
    package let method: HTTPRequest.Method
    /// Below the base path, such as `/messages/{id}/cancel`.
    package let path: PathPattern
    /// The least that a token must be allowed.
    package let scope: AccessScope
    /// Whether the answer is numbers and payloads, so that a token without `pii` gets none of it.
    package let showsPersonalData: Bool
    /// What it does, in one line.
    package let summary: String
    /// What may stand in the query; anything else is refused.
    package let query: [Parameter]
    /// What may stand in the body; `nil` where none is read.
    package let body: BodyShape?
    /// What a good answer is.
    package let answer: AnswerShape
    /// What it does.
    let work: Work

    /// What a route does.
    enum Work: Sendable {
        /// Looks, and changes nothing.
        case look(@Sendable (Call) async throws -> Answer)
        /// Says what is to be changed; the frame carries it out once, with its line in the audit log.
        case change(@Sendable (Call) async throws -> PlannedChange)
        /// Goes on telling.
        case follow(@Sendable (Call) throws -> ReplyStream)
    }

    private init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ scope: AccessScope,
        showsPersonalData: Bool = false,
        _ summary: String,
        query: [Parameter] = [],
        body: BodyShape? = nil,
        answer: AnswerShape,
        _ work: Work
    ) {
        self.method = method
        self.path = PathPattern(path)
        self.scope = scope
        self.showsPersonalData = showsPersonalData
        self.summary = summary
        self.query = query
        self.body = body
        self.answer = answer
        self.work = work
    }

    /// An operation that looks.
    static func get(
        _ path: String,
        _ scope: AccessScope,
        showsPersonalData: Bool = false,
        _ summary: String,
        query: [Parameter] = [],
        answer: AnswerShape,
        _ work: @escaping @Sendable (Call) async throws -> Answer
    ) -> Route {
        Route(
            .get,
            path,
            scope,
            showsPersonalData: showsPersonalData,
            summary,
            query: query,
            answer: answer,
            .look(work)
        )
    }

    /// An operation that looks, and needs a body to say at what.
    static func ask(
        _ path: String,
        _ scope: AccessScope,
        showsPersonalData: Bool = false,
        _ summary: String,
        body: BodyShape,
        answer: AnswerShape,
        _ work: @escaping @Sendable (Call) async throws -> Answer
    ) -> Route {
        Route(
            .post,
            path,
            scope,
            showsPersonalData: showsPersonalData,
            summary,
            body: body,
            answer: answer,
            .look(work)
        )
    }

    /// An operation whose answer comes in pieces, some of it perhaps much later.
    static func follow(
        _ path: String,
        _ scope: AccessScope,
        showsPersonalData: Bool = false,
        _ summary: String,
        query: [Parameter],
        answer: AnswerShape,
        _ work: @escaping @Sendable (Call) throws -> ReplyStream
    ) -> Route {
        Route(
            .get,
            path,
            scope,
            showsPersonalData: showsPersonalData,
            summary,
            query: query,
            answer: answer,
            .follow(work)
        )
    }

    /// An operation that changes something.
    static func post(
        _ path: String,
        _ scope: AccessScope,
        _ summary: String,
        body: BodyShape = BodyShape([]),
        answer: AnswerShape,
        _ work: @escaping @Sendable (Call) async throws -> PlannedChange
    ) -> Route {
        Route(.post, path, scope, summary, body: body, answer: answer, .change(work))
    }
}

/// A path with named parts, such as `/messages/{id}`.
package struct PathPattern: Hashable, Sendable, CustomStringConvertible {
    /// As it is written.
    package let description: String
    private let parts: [Part]

    private enum Part: Hashable, Sendable {
        case fixed(String)
        case named(String)
    }

    package init(_ text: String) {
        description = text
        parts = text.split(separator: "/").map { part in
            part.hasPrefix("{") ? .named(String(part.dropFirst().dropLast())) : .fixed(String(part))
        }
    }

    /// The names of its parts, in order.
    package var names: [String] { parts.compactMap { if case .named(let name) = $0 { name } else { nil } } }

    /// How many of its parts are fixed: of several patterns that fit, the one with more counts.
    package var weight: Int { parts.count - names.count }

    /// What stands in the named parts; `nil` when the path is another.
    ///
    /// - Parameter segments: The path's segments, decoded; an empty one fits nothing.
    /// - Returns: By the parts' names.
    package func match(_ segments: [String]) -> [String: String]? {
        guard segments.count == parts.count else { return nil }
        var found: [String: String] = [:]
        for (part, segment) in zip(parts, segments) {
            switch part {
            case .fixed(let text): guard text == segment else { return nil }
            case .named(let name):
                guard !segment.isEmpty else { return nil }
                found[name] = segment
            }
        }
        return found
    }
}

/// A parameter of a query.
package struct Parameter: Hashable, Sendable {
    /// What may stand in it.
    package enum Kind: Hashable, Sendable {
        /// Any text of at most 500 characters.
        case text
        /// One of these words.
        case choice([String])
        /// Some of these words, with commas between them.
        case choices([String])
        /// RFC 3339.
        case time
        /// A whole number.
        case number(ClosedRange<Int>)
        /// `true` or `false`.
        case flag
        /// What `next` or `prev` of a page said.
        case cursor
        /// What an `id` of the stream said.
        case place
    }

    /// Its name.
    package let name: String
    /// What may stand in it.
    package let kind: Kind
    /// Whether a query without it is refused.
    package let isRequired: Bool
    /// What it is for.
    package let summary: String

    /// A text.
    init(_ name: String, _ summary: String) {
        self.init(name, .text, summary)
    }

    init(_ name: String, _ kind: Kind, required: Bool = false, _ summary: String) {
        self.name = name
        self.kind = kind
        isRequired = required
        self.summary = summary
    }

    static let limit = Parameter("limit", .number(1...1_000), "The most to return; 50 if left out.")
    /// What every list takes that comes in pages.
    static let paging = [
        limit,
        Parameter("after", .cursor, "Where to go on: `next` or `prev` of another page."),
    ]
    static let since = Parameter("since", .time, "Not what came before.")

    /// Why a value cannot stand in it; `nil` when it can.
    func mistake(in value: String) -> String? {
        switch kind {
        case .text:
            value.unicodeScalars.count <= 500
                ? nil : "has \(value.unicodeScalars.count) characters; expected at most 500"
        case .choice(let words):
            words.contains(value) ? nil : "is none of the words; expected \(words.joined(separator: ", "))"
        case .choices(let words):
            value.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { words.contains(String($0)) }
                ? nil : "has a word that is none of these; expected some of \(words.joined(separator: ", "))"
        case .time:
            Timestamp(rfc3339: value) != nil ? nil : "is no time; expected RFC 3339, such as 2026-01-15T04:30:00Z"
        case .number(let range):
            Int(value).map(range.contains) ?? false
                ? nil : "is no such number; expected \(range.lowerBound) to \(range.upperBound)"
        case .flag: value == "true" || value == "false" ? nil : "is neither true nor false"
        case .cursor: PageCursor(shown: value) != nil ? nil : "is no cursor; expected what next or prev said"
        case .place: ListEnds(value) != nil ? nil : "is no place; expected what an id of the stream said"
        }
    }
}
