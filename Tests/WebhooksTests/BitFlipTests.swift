// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import Testing
import WebhookVectors

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
    /// Good requests whose proof covers at least a part of the body.
    static let signed = Vector.all.filter { vector in
        guard vector.expect.kind == "events", let source = try? vector.source() else { return false }
        return source.preset.verification.coverage != .nothing || vector.id == "phonepe-hmac"
    }

    /// Those whose proof notices every change of the body.
    ///
    /// PayPal's checksum notices a single bit, and Zoho's pairs all of a JSON body, though neither proves it whole.
    /// PhonePe's HMAC does; its preset's other way, a login, proves nothing of a body.
    static let wholly = signed.filter { vector in
        let coverage = try? vector.source().preset.verification.coverage
        return coverage == .body || vector.preset == "paypal"
            || ["zoho-books-query", "phonepe-hmac"].contains(vector.id)
    }

    /// The texts in a body that a proof over parts covers; everything else is in the preset's traps.
    static let covered: [String: [String]] = [
        "payu-ok": [
            "success", "499.00", "HK-2001", "Tea+%26+cup", "Meera", "meera%40example.com", "hkKey1", "udf1=HK",
        ],
        "payu-additional-charges": ["additionalCharges=10.00", "499.00"],
        "paytm-ok": ["TXN_SUCCESS", "499.00", "HK-2002", "INR", "20260921111212800110168", "HKLINE00000001"],
        "payu-additional-charges-underscored": ["additional_charges=10.00", "499.00"],
        "paytm-json": ["99.00", "20260921HK0001", "HK-2002", "चाय"],
        "adyen-ok": ["HK8515131751004933", "49900", "INR", "AUTHORISATION", "true", "HK-2003", "HKLine"],
        "zoho-books-form": ["customer_name", "Bowman+%26+Co", "499.00"],
    ]

    @Test("of the body is refused", arguments: wholly)
    func body(vector: Vector) throws {
        var generator = SeededGenerator(seed: 1)
        let source = try vector.source()
        let keys = try vector.fetchedKeys()
        let request = try vector.request()
        for _ in 0..<24 where !request.body.isEmpty {
            let bit = Int.random(in: 0..<(request.body.count * 8), using: &generator)
            let reception = try vector.receive(Self.flipped(request, bit: bit), by: source, keys: keys)
            #expect(reception.rejection?.code == .badSignature, "bit \(bit)")
        }
    }

    @Test("of a signed part of the body is refused, whichever bit it is", arguments: covered.keys.sorted())
    func part(id: String) throws {
        let vector = try #require(Vector.all.first { $0.id == id })
        let source = try vector.source()
        let keys = try vector.fetchedKeys()
        let request = try vector.request()
        for text in try #require(Self.covered[id]) {
            let start = try #require(request.body.firstRange(of: Array(text.utf8))).lowerBound
            for bit in (start * 8)..<((start + text.utf8.count) * 8) {
                let reception = try vector.receive(Self.flipped(request, bit: bit), by: source, keys: keys)
                #expect(reception.rejection?.code == .badSignature, "bit \(bit) of \(text)")
            }
        }
    }

    @Test("of the signature or the time stamp is refused, whichever bit it is", arguments: signed)
    func header(vector: Vector) throws {
        let source = try vector.source()
        let keys = try vector.fetchedKeys()
        let request = try vector.request()
        for name in Self.provingHeaders(of: source.preset.verification) {
            let values = request.headers[values: name]
            // Of several signatures, a wrong one beside the right one changes nothing.
            guard let value = values.first, values.count == 1,
                !["beside", "two-", "joined", "adobe-io-"].contains(where: vector.id.contains)
                    || vector.id == "adobe-io-one-signature"
            else { continue }
            // Of the long signatures of public keys, every eleventh bit.
            for bit in stride(from: 0, to: value.utf8.count * 8, by: value.utf8.count > 128 ? 11 : 1) {
                guard let changed = Self.flipped(value, bit: bit) else { continue }
                // The case of hex digits is no part of a hash.
                if Self.isHex(source.preset.verification), changed.lowercased() == value.lowercased() { continue }
                var headers = request.headers
                headers[name] = changed
                let forged = InboundRequest(
                    method: request.method,
                    target: request.target,
                    headers: headers,
                    body: request.body
                )
                let reception = try vector.receive(forged, by: source, keys: keys)
                // Another address of a key is at most one to fetch, and the key there is another one.
                let isRefused = reception.rejection?.code == .badSignature || reception.neededCertificate != nil
                #expect(isRefused, "bit \(bit) of \(name): \(changed)")
            }
        }
    }

    @Test("of the secret is refused", arguments: signed.filter { $0.secrets.count == 1 })
    func secret(vector: Vector) throws {
        let request = try vector.request()
        let keys = try vector.fetchedKeys()
        let secret = try #require(vector.secrets.first)
        for bit in Self.secretBits(secret) {
            // A text that is no key at all is refused when the source is built.
            guard let changed = Self.flipped(secret, bit: bit), let source = try? vector.source(secrets: [changed])
            else { continue }
            // The case of a hex key's letters is no part of the key.
            if try Self.isSameKey(secret, changed, vector) { continue }
            #expect(try vector.receive(request, by: source, keys: keys).rejection?.code == .badSignature, "bit \(bit)")
        }
    }

    /// All bits of a secret; of a PEM text some of the modulus, which is what tells one key from another.
    private static func secretBits(_ secret: String) -> [Int] {
        secret.hasPrefix("-----BEGIN")
            ? Array(stride(from: 100 * 8, to: 300 * 8, by: 37)) : Array(0..<(secret.utf8.count * 8))
    }

    /// The headers that a scheme reads.
    private static func provingHeaders(of verification: Verification) -> [HTTPField.Name] {
        let names: [HeaderName?]
        switch verification {
        case .hmac(let scheme): names = [scheme.header, scheme.timestamp?.headerName, scheme.id]
        case .publicKey(let scheme): names = [scheme.header, scheme.timestamp?.headerName, scheme.id]
        case .sortedPairs(let scheme): names = [scheme.header]
        case .certificate(let scheme):
            let signed = scheme.signed.map { if case .header(let name) = $0 { name } else { nil as HeaderName? } }
            names = scheme.signatures.flatMap { [$0.header, $0.location] } + signed
        case .firstPresent(let ways): return ways.flatMap(provingHeaders)
        case .bySecret(_, let first, let second): return provingHeaders(of: first) + provingHeaders(of: second)
        case .withLogin(let verification): return provingHeaders(of: verification)
        case .token, .fieldHash, .sealedFields, .itemHash, .none: names = []
        }
        return names.compactMap { $0?.field }
    }

    /// Whether a scheme writes its hash in hex.
    private static func isHex(_ verification: Verification) -> Bool {
        switch verification {
        case .hmac(let scheme): scheme.encoding == .hex
        case .firstPresent(let ways): ways.allSatisfy(isHex)
        case .bySecret(_, let first, let second): isHex(first) || isHex(second)
        case .withLogin(let verification): isHex(verification)
        case .sortedPairs, .fieldHash: true
        case .publicKey, .certificate, .sealedFields, .itemHash, .token, .none: false
        }
    }

    private static func flipped(_ request: InboundRequest, bit: Int) -> InboundRequest {
        var body = request.body
        body[bit / 8] ^= 1 << UInt8(bit % 8)
        return InboundRequest(method: request.method, target: request.target, headers: request.headers, body: body)
    }

    /// The text with one bit changed; `nil` where that is no ASCII text that could stand in a header.
    private static func flipped(_ text: String, bit: Int) -> String? {
        var bytes = Array(text.utf8)
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        guard (0x21...0x7E).contains(bytes[bit / 8]) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isSameKey(_ left: String, _ right: String, _ vector: Vector) throws -> Bool {
        guard let decoding = keyDecoding(of: try vector.source().preset.verification) else { return false }
        let keys = try [left, right].map { try decoding.bytes(of: Secret($0)) }
        return keys[0] == keys[1]
    }

    private static func keyDecoding(of verification: Verification) -> HMACScheme.KeyDecoding? {
        switch verification {
        case .hmac(let scheme): scheme.key
        case .itemHash: .hex
        case .withLogin(let verification): keyDecoding(of: verification)
        default: nil
        }
    }
}
