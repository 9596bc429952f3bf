// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import Testing

@testable import Webhooks

/// SplitMix64: the same bits at every run, so that a failure can be looked at again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite("One changed bit")
struct BitFlipTests {
    /// Vectors whose signature covers the body.
    static let signed = Vector.all.filter { vector in
        vector.expect.kind == "events" && !["alertmanager", "shiprocket", "odoo", "phonepe"].contains(vector.preset)
            && !["token", "bearer", "basic", "query", "none"].contains(vector.settings.verify?["scheme"])
    }

    @Test("of the body is refused", arguments: signed)
    func body(vector: Vector) throws {
        var generator = SeededGenerator(seed: 1)
        let source = try vector.source()
        let request = try vector.request()
        for _ in 0..<24 {
            var body = request.body
            body[Int.random(in: body.indices, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            let changed = InboundRequest(method: .post, target: request.target, headers: request.headers, body: body)
            #expect(source.receive(post(changed, like: request), now: vector.clock).rejection?.code == .badSignature)
        }
    }

    @Test("of the signature or the time stamp is refused, whichever bit it is", arguments: signed)
    func header(vector: Vector) throws {
        let source = try vector.source()
        let request = try vector.request()
        for name in try Self.provingHeaders(of: source, in: request) {
            let value = try #require(request.headers[name])
            // Of several signatures in one header, a wrong one beside the right one changes nothing.
            guard request.headers[values: name].count == 1, !vector.id.contains("beside"), !vector.id.contains("two-"),
                !vector.id.contains("joined")
            else { continue }
            for bit in 0..<(value.utf8.count * 8) {
                guard let changed = Self.flipped(value, bit: bit) else { continue }
                var headers = request.headers
                headers[name] = changed
                let forged = InboundRequest(
                    method: request.method,
                    target: request.target,
                    headers: headers,
                    body: request.body
                )
                let reception = source.receive(forged, now: vector.clock)
                #expect(reception.rejection?.code == .badSignature, "bit \(bit) of \(name): \(changed)")
            }
        }
    }

    @Test("of the secret is refused", arguments: signed.filter { $0.secrets.count == 1 })
    func secret(vector: Vector) throws {
        let request = try vector.request()
        let secret = try #require(vector.secrets.first)
        for bit in 0..<(secret.utf8.count * 8) {
            // A text that is no key at all is refused when the source is built.
            guard let changed = Self.flipped(secret, bit: bit), let source = try? vector.source(secrets: [changed])
            else { continue }
            // The case of a hex key's letters is no part of the key.
            if try Self.isSameKey(secret, changed, vector) { continue }
            #expect(source.receive(request, now: vector.clock).rejection?.code == .badSignature, "bit \(bit)")
        }
    }

    private func post(_ changed: InboundRequest, like request: InboundRequest) -> InboundRequest {
        InboundRequest(method: request.method, target: request.target, headers: changed.headers, body: changed.body)
    }

    /// The headers that a signature consists of: those that signing sets.
    private static func provingHeaders(of source: Source, in request: InboundRequest) throws -> [HTTPField.Name] {
        let signed = source.verifier.sign(request.body, id: "id", now: Timestamp(seconds: 1_790_000_000))
        return try signed.headers.map { field in
            if request.headers.contains(field.name) { return field.name }
            let other = field.name.rawName.replacing("webhook-", with: "svix-").replacing("Zoho-Web", with: "ZohoWeb")
            return try #require(HTTPField.Name(other))
        }
    }

    /// The text with one bit changed; `nil` where that is no ASCII text that could stand in a header.
    private static func flipped(_ text: String, bit: Int) -> String? {
        var bytes = Array(text.utf8)
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        guard (0x21...0x7E).contains(bytes[bit / 8]) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isSameKey(_ left: String, _ right: String, _ vector: Vector) throws -> Bool {
        guard case .hmac(let scheme) = try vector.source().preset.verification else { return false }
        let keys = try [left, right].map { try scheme.key.bytes(of: Secret($0, label: "")) }
        return keys[0] == keys[1]
    }
}
