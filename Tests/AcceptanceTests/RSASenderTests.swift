// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import Cryptography
import CurlTransport
import Foundation
import HooklineApp
import Testing
import Webhooks

/// The senders that alone can sign: here with a key of the tests' own, served where the sender's would be.
@Suite("Every sender that signs by RSA", .timeLimit(.minutes(10)))
struct RSASenderTests {
    static let presets: Set = ["adobe-commerce", "adobe-io", "paypal"]

    private let key: RSAPrivateKey

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../WebhooksTests/Fixtures/sender-key.pem")
        key = try #require(RSAPrivateKey(pem: try String(contentsOf: file, encoding: .utf8)))
    }

    @Test("adobe-commerce reaches people by the shipped rules, and the shop gets its answer")
    func adobeCommerce() async throws {
        let body = try sample("adobe-commerce/order-placed.json")
        let pem = key.publicKey.pem.replacing("\n", with: #"\n"#)
        let sources = #"  adobe-commerce: {preset: adobe-commerce, secrets: ["\#(pem)"]}"#
        try await withHookline(HooklineSetup(sources: sources)) { hookline in
            let signature = try sign(Array(Data(body).base64EncodedString().utf8))
            let headers = [HeaderField("x-adobe-commerce-webhook-signature", signature)]
            let answer = try await post(body, to: "adobe-commerce?event=order-placed", headers, hookline)
            #expect(String(decoding: answer.body, as: UTF8.self) == #"[{"op":"success"}]"#)
            try await expect(
                "12025550136",
                "Hi Nora, thank you for your order 000004217: 2× Linen apron, 1× Rolling pin. Total: $104.59.",
                at: hookline
            )
        }
    }

    @Test("adobe-io reaches people by the shipped rules")
    func adobeIO() async throws {
        let body = try sample("adobe-io/order.processing.json")
        let sources = "  adobe-io: {preset: adobe-io, secrets: [0123456789abcdef0123456789abcdef]}"
        let keys = ServedKeys(["https://static.adobeioevents.com/prod/keys/pub-key-test.pem": key.publicKey])
        try await withHookline(HooklineSetup(sources: sources, certificates: keys)) { hookline in
            let headers = [
                HeaderField("x-adobe-digital-signature-1", try sign(body)),
                HeaderField("x-adobe-public-key1-path", "/prod/keys/pub-key-test.pem"),
            ]
            _ = try await post(body, to: "adobe-io", headers, hookline)
            try await expect(
                "12025550119",
                "Hi Elliot, we have received $58.20 for your order 000004305. We pack it now.",
                at: hookline
            )
        }
    }

    @Test("paypal reaches people by the shipped rules")
    func paypal() async throws {
        let body = try sample("paypal/capture.completed.json")
        let sources = "  paypal: {preset: paypal, secrets: [1JE4291016473214C]}"
        let address = "https://api.paypal.com/v1/notifications/certs/CERT-test"
        let keys = ServedKeys([address: key.publicKey])
        try await withHookline(HooklineSetup(sources: sources, certificates: keys)) { hookline in
            let (id, time) = ("0e5c7a10-f21f-11f0-8a11-5f2d3c1b9a8e", "2026-01-15T13:20:45Z")
            let signed = "\(id)|\(time)|1JE4291016473214C|\(Self.crc32(body))"
            let headers = [
                HeaderField("PAYPAL-TRANSMISSION-ID", id),
                HeaderField("PAYPAL-TRANSMISSION-TIME", time),
                HeaderField("PAYPAL-TRANSMISSION-SIG", try sign(Array(signed.utf8))),
                HeaderField("PAYPAL-CERT-URL", address),
                HeaderField("PAYPAL-AUTH-ALGO", "SHA256withRSA"),
            ]
            _ = try await post(body, to: "paypal", headers, hookline)
            try await expect(
                owner,
                "A payment of $74.25 has arrived through PayPal. The reference is ORD-6104.",
                at: hookline
            )
        }
    }

    private func sample(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: shippedRules.appending(path: "samples/\(path)")))
    }

    private func sign(_ text: [UInt8]) throws -> String {
        Data(try #require(key.signature(for: text))).base64EncodedString()
    }

    private func post(
        _ body: [UInt8],
        to place: String,
        _ headers: [HeaderField],
        _ hookline: HooklineUnderTest
    ) async throws -> TransferResponse {
        let answer = try await hookline.request(
            .post,
            "http://\(hookline.addresses.hooks)/hooks/\(place)",
            headers: headers + [HeaderField("Content-Type", "application/json")],
            body: body
        )
        #expect(answer.status == 200)
        return answer
    }

    private func expect(_ to: String, _ text: String, at hookline: HooklineUnderTest) async throws {
        try await SenderTests.requireMessages(1, at: hookline)
        try await SenderTests.expect([SenderRow.Bubble(to, text)], at: hookline)
    }

    /// The checksum of ISO 3309, bit by bit, as PayPal computes it over a body.
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        let polynomial: UInt32 = 0xEDB8_8320
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = (sum >> 1) ^ (sum & 1 == 1 ? polynomial : 0) }
        }
        return ~sum
    }
}

/// Serves public keys under the addresses of their senders.
private struct ServedKeys: CertificateSource {
    /// Why there is no key.
    struct Missing: Error {
        let address: String
    }

    private let keys: [String: String]

    init(_ keys: [String: RSAPublicKey]) {
        self.keys = keys.mapValues(\.pem)
    }

    func pem(at url: CertificateURL) async throws -> String {
        guard let key = keys[url.text] else { throw Missing(address: url.text) }
        return key
    }
}
