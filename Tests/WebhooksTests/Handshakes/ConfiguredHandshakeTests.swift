// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import Testing

@testable import Webhooks

@Suite("A handshake by configuration")
struct ConfiguredHandshakeTests {
    private let now = Timestamp(seconds: 1_790_000_000)

    private func settings(_ change: (inout HandshakeSettings) -> Void) -> SourceSettings {
        var settings = SourceSettings(name: "here", secrets: [.init("a secret")])
        var handshake = HandshakeSettings()
        change(&handshake)
        settings.handshake = handshake
        settings.handshakeToken = .init("our token")
        return settings
    }

    private func answer(
        _ method: HTTPRequest.Method,
        _ target: String,
        headers: HTTPFields = [:],
        body: String = "",
        isSigned: Bool = false,
        _ change: (inout HandshakeSettings) -> Void
    ) throws -> String {
        let source = try Source(settings(change))
        var fields = isSigned ? source.sign(Array(body.utf8), now: now).headers : [:]
        for field in headers { fields[field.name] = field.value }
        let request = InboundRequest(method: method, target: target, headers: fields, body: Array(body.utf8))
        switch source.receive(request, now: now) {
        case .handshake(let reply): return "\(reply.status) \(String(decoding: reply.body, as: UTF8.self))"
        case .rejected(let rejection): return "\(rejection.status) \(rejection.code.rawValue)"
        case .events(let events): return "event \(events.map(\.event.type))"
        case .parked, .needs: return "parked"
        }
    }

    @Test("a probe gets an empty 200, an unsigned event does not")
    func probe() throws {
        for method in [HTTPRequest.Method.get, .head, .post] {
            #expect(try answer(method, "/hooks/here") { $0.word = "probe" } == "200 ")
        }
        #expect(try answer(.post, "/hooks/here", body: "{}") { $0.word = "probe" } == "401 bad_signature")
        #expect(try answer(.put, "/hooks/here") { $0.word = "probe" } == "401 bad_signature")
    }

    @Test("a parameter comes back as text, by GET or an empty POST; what has none is no handshake")
    func query() throws {
        func ask(_ method: HTTPRequest.Method, _ query: String, body: String = "") throws -> String {
            try answer(method, "/hooks/here\(query)", body: body) { $0.echo = "query.validationToken" }
        }
        #expect(try ask(.get, "?validationToken=a%3Cb%3E+c") == "200 a<b> c")
        #expect(try ask(.post, "?validationToken=x") == "200 x")
        #expect(try ask(.head, "?validationToken=x") == "200 ")
        #expect(try ask(.get, "?other=x") == "405 method_not_allowed")
        #expect(try ask(.post, "?validationToken=x", body: "{}") == "401 bad_signature")
    }

    @Test("a token must be ours before anything comes back")
    func token() throws {
        func ask(_ query: String) throws -> String {
            try answer(.get, "/hooks/here\(query)") {
                $0.echo = "query.hub.challenge"
                $0.token = "query.hub.verify_token"
                $0.answer = [("hub.challenge", "{echo}")]
            }
        }
        #expect(try ask("?hub.challenge=7&hub.verify_token=our%20token") == #"200 {"hub.challenge":"7"}"#)
        #expect(try ask("?hub.challenge=7&hub.verify_token=x") == "403 handshake_refused")
        #expect(try ask("?hub.challenge=7") == "403 handshake_refused")
    }

    @Test("a challenge in the body is answered when it is signed and of its type, and is no event")
    func body() throws {
        func ask(_ body: String, isSigned: Bool = true) throws -> String {
            try answer(.post, "/hooks/here", body: body, isSigned: isSigned) {
                $0.echo = "body.challenge"
                $0.event = "url_verification"
            }
        }
        #expect(try ask(#"{"type":"url_verification","challenge":"3eZ"}"#) == "200 3eZ")
        #expect(try ask(#"{"type":"url_verification","challenge":"3eZ"}"#, isSigned: false) == "401 bad_signature")
        #expect(try ask(#"{"type":"message","challenge":"3eZ"}"#) == #"event ["message"]"#)
    }

    @Test("Zoom's token comes back with its HMAC, in JSON that no text of the token can leave")
    func hmac() throws {
        func ask(_ token: String) throws -> String {
            try answer(.post, "/hooks/here", body: #"{"payload":{"plainToken":\#(token)}}"#, isSigned: true) {
                $0.echo = "body.payload.plainToken"
                $0.answer = [("plainToken", "{echo}"), ("encryptedToken", "{hmac_hex}")]
            }
        }
        // Made with Python: hmac.new(b"a secret", b"qgg8vlvZRS6UYooatFL8Aw", "sha256").hexdigest()
        #expect(
            try ask(#""qgg8vlvZRS6UYooatFL8Aw""#)
                == #"200 {"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"b3e309a26f73dffcbcf8da513fc00197a3137576c3d154a37787273136583b16"}"#
        )
        #expect(try ask(#""\"}{hmac_hex}""#).hasPrefix(#"200 {"plainToken":"\"}{hmac_hex}","encryptedToken":""#))
    }

    @Test("a header comes back in JSON")
    func header() throws {
        let name = HeaderName(stringLiteral: "X-Okta-Verification-Challenge").field
        let found = try answer(.get, "/hooks/here", headers: [name: "abc"]) {
            $0.echo = "header.X-Okta-Verification-Challenge"
            $0.answer = [("verification", "{echo}")]
        }
        #expect(found == #"200 {"verification":"abc"}"#)
    }

    @Test(
        "what would be of no use, or would sign for strangers, is a mistake",
        arguments: [
            ("probes", nil, nil, [], "handshake: 'probes' is not understood; expected probe, or a mapping with echo"),
            (
                nil, nil, nil, [],
                "handshake.echo: missing; expected what is sent back, such as query.challenge or body.challenge"
            ),
            (
                nil, "challenge", nil, [],
                "handshake.echo: 'challenge' is not understood; expected a place such as query.challenge, body.challenge or header.X-Hook-Secret"
            ),
            (
                nil, "query.crc", nil, ["{hmac_base64}"],
                "handshake.answer: anybody could have any text signed with the secret, and post it as an event; expected an echo of the body, which is verified first"
            ),
            (
                nil, "query.crc", nil, ["{echoes}"],
                "handshake.answer.a: '{echoes}' is not understood; expected text with {echo}, {hmac_hex}, {hmac_base64}"
            ),
            (nil, "query.a", "query.b", [], "handshake_token: missing; handshake.token is compared with it"),
        ] as [(String?, String?, String?, [String], String)]
    )
    func mistakes(word: String?, echo: String?, token: String?, answer: [String], expected: String) {
        var settings = settings {
            $0.word = word
            $0.echo = echo
            $0.token = token
            $0.answer = answer.map { ("a", $0) }
        }
        settings.handshakeToken = nil
        let error = #expect(throws: SourceMistakes.self) { try Source(settings) }
        #expect(error?.description == expected)
    }
}
