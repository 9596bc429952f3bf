// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import Messages
internal import Outbox
internal import Presentation

/// A request that was let in, read as its route says.
struct Call: Sendable {
    /// Who asks.
    let token: AccessToken
    /// The time now.
    let now: Timestamp
    /// What stands in the path's named parts.
    let path: [String: String]
    /// What stands in the query, each as its parameter wants it.
    let query: [String: String]
    /// The body; an empty object where there is none.
    let body: JSON
    /// The ETag that the caller wants to change, as it stood in `If-Match`.
    var ifMatch: String?
    /// Where a stream ended, as it stood in `Last-Event-ID`.
    var lastEventID: String?
    /// Asks whether the token still opens anything.
    var mayGoOn: @Sendable () async -> Bool = { true }

    /// How much of numbers and payloads may be shown.
    var masking: Masking { token.seesPersonalData ? .none : .withoutContents }

    /// What stands in the part of the path that every resource has.
    var id: String { path["id"] ?? "" }

    /// Why the caller wants a change.
    var reason: String? { body["reason"]?.string }

    /// A time of the query.
    func time(_ name: String) -> Timestamp? { query[name].flatMap(Timestamp.init(rfc3339:)) }

    /// A word of the query.
    func word<Word: RawRepresentable<String>>(_ name: String) -> Word? { query[name].flatMap(Word.init(rawValue:)) }

    /// The most to return.
    var limit: Int { query["limit"].flatMap { Int($0) } ?? 50 }

    /// Where to go on.
    var cursor: PageCursor? { query["after"].flatMap(PageCursor.init(shown:)) }
}

extension PageCursor {
    /// Takes what a caller shows; `nil` comes back for what no page has said.
    init?(shown: String) {
        let digits = shown.hasPrefix("-") ? shown.dropFirst() : shown[...]
        guard (1...18).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        self.init(rawValue: shown)
    }
}

/// A good answer.
struct Answer: Sendable {
    let status: Int
    let type: String
    let body: [UInt8]
    /// The strong validator, of a single resource.
    let tag: String?
    /// The same as the command line prints it; `nil` where it prints nothing of the kind.
    private(set) var text: (@Sendable () -> String)?

    private init(status: Int, type: String, body: [UInt8], tag: String?) {
        self.status = status
        self.type = type
        self.body = body
        self.tag = tag
    }

    /// The same answer, for who asks for text: what the command prints.
    func printed(_ text: @escaping @Sendable () -> String) -> Answer {
        var answer = self
        answer.text = text
        return answer
    }

    /// A value that is a list, a count or a state of the service.
    static func json(_ value: JSON) -> Answer {
        Answer(status: 200, type: "application/json", body: value.encoded(), tag: nil)
    }

    /// A single resource, with its validator.
    static func resource(_ value: JSON) -> Answer {
        let body = value.encoded()
        return Answer(status: 200, type: "application/json", body: body, tag: tag(of: body))
    }

    /// Bytes as they are stored.
    static func bytes(_ bytes: [UInt8], type: String) -> Answer {
        Answer(status: 200, type: type, body: bytes, tag: tag(of: bytes))
    }

    /// A list, a page at a time.
    static func page<Element>(_ page: Page<Element>, _ json: (Element) -> JSON) -> Answer {
        .json([
            "data": .array(page.elements.map(json)), "next": page.next.map { .string($0.rawValue) } ?? .null,
            "prev": page.previous.map { .string($0.rawValue) } ?? .null,
        ])
    }

    /// A list that is short enough to be given whole.
    static func list(_ elements: [JSON]) -> Answer {
        .json(["data": .array(elements), "next": .null, "prev": .null])
    }

    /// A strong validator: what differs in a byte has another one.
    static func tag(of body: [UInt8]) -> String {
        "\""
            + Fingerprint(of: body).bytes.prefix(12).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            .joined() + "\""
    }
}

/// A change that a route wants.
struct PlannedChange: Sendable {
    /// Where it is made.
    enum Place: Sendable {
        /// In the store, with its line in the audit log; only while the message has so many steps behind it, and a job is
        /// about so much, where that is said.
        case store(
            OperatorAction.Change,
            ifSteps: Int? = nil,
            ifAbout: Int? = nil,
            answer: @Sendable (Changed) -> JSON
        )
        /// In the running service, which says what it did: for the caller, and for the audit log.
        case service(action: String, subject: String, perform: @Sendable () throws(APIProblem) -> (JSON, String))
        /// In the store, in as many transactions as it takes, each with its line; doing it twice does no harm.
        case steps(action: String, subject: String, perform: @Sendable () async throws -> Answer)
    }

    let place: Place
    /// 201 for what is new.
    let status: Int
    /// What is told this once: a repetition does not hear it, and it is kept nowhere.
    let secrets: [String: String]
    /// The same for who asks for text: what the command prints, secrets and all; `nil` where it prints nothing of the kind.
    let text: (@Sendable (Changed) -> String)?

    init(
        place: Place,
        status: Int = 200,
        secrets: [String: String] = [:],
        text: (@Sendable (Changed) -> String)? = nil
    ) {
        self.place = place
        self.status = status
        self.secrets = secrets
        self.text = text
    }
}

extension InboundRequest {
    /// Whether the caller wants what the command line prints.
    var wantsText: Bool { headers[.accept] == "text/plain" }

    /// Whether the caller wants that beside the data, of the same look.
    var wantsBoth: Bool { headers[.accept] == "application/json, text/plain" }
}

extension Reply {
    /// The data, and what the command line prints of it.
    static func both(_ json: JSON, _ text: String, status: Int) -> Reply {
        let both: JSON = ["json": json, "text": .string(text)]
        return Reply(status: status, headers: [.contentType: "application/json"], body: both.encoded())
    }

    /// What the command line prints.
    static func printed(_ text: String, status: Int) -> Reply {
        Reply(status: status, headers: [.contentType: "text/plain; charset=utf-8"], body: Array(text.utf8))
    }
}
