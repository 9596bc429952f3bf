// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import HTTPTypes
import HTTPValues
import TestSupport
import Testing
import WebhookVectors

@testable import Webhooks

/// Serves what a test says, and remembers what it was asked for.
private actor ScriptedCertificates: CertificateSource {
    struct Unreachable: Error {}

    private let served: [String: String]
    private(set) var asked: [String] = []

    init(_ served: [String: String]) {
        self.served = served
    }

    func pem(at url: CertificateURL) async throws -> String {
        asked.append(url.text)
        guard let pem = served[url.text] else { throw Unreachable() }
        return pem
    }
}

/// Serves what a test says; every other address hangs until it is let go.
private actor HangingCertificates: CertificateSource {
    private let served: [String: String]
    private let gate = Gate()
    private(set) var asked: [String] = []

    init(answering served: [String: String]) {
        self.served = served
    }

    func pem(at url: CertificateURL) async throws -> String {
        asked.append(url.text)
        if let pem = served[url.text] { return pem }
        await gate.pass()
        throw ScriptedCertificates.Unreachable()
    }

    nonisolated func letGo() { gate.open() }
}

extension Vector {
    /// The vector's request as if its key were somewhere else.
    fileprivate func request(certificateAt address: String) throws -> InboundRequest {
        let request = try request()
        var headers = request.headers
        headers[HeaderName(stringLiteral: "PAYPAL-CERT-URL").field] = address
        return InboundRequest(method: request.method, target: request.target, headers: headers, body: request.body)
    }
}

@Suite("Keys that a sender's host serves")
struct CertificateTests {
    private func vector(_ id: String) throws -> Vector {
        try #require(Vector.all.first { $0.id == id })
    }

    @Test("a key is fetched once for many requests")
    func once() async throws {
        let vector = try vector("paypal-ok")
        let host = ScriptedCertificates(try #require(vector.keys))
        let cache = CertificateCache(host)
        for _ in 0..<3 {
            let reception = try await vector.source().receive(try vector.request(), now: vector.clock, keysFrom: cache)
            #expect(reception.events == vector.expect.events)
        }
        #expect(await host.asked == vector.keys.map { Array($0.keys) })
    }

    @Test(
        "an address off the sender's host is never asked for",
        arguments: Vector.all.filter { $0.id.contains("-evil-") }
    )
    func evil(vector: Vector) async throws {
        let host = ScriptedCertificates([:])
        let reception = try await vector.source().receive(
            try vector.request(),
            now: vector.clock,
            keysFrom: CertificateCache(host)
        )
        #expect(reception.rejection?.code == .badSignature)
        #expect(await host.asked.isEmpty)
    }

    @Test("a request whose key is there is judged by it, without a cache")
    func alone() throws {
        let vector = try vector("paypal-ok")
        let (request, source) = (try vector.request(), try vector.source())
        guard case .needs(let url) = source.receive(request, now: vector.clock) else {
            Issue.record("no key was asked for")
            return
        }
        let key = try FetchedKey(pem: try #require(vector.keys?[url.text]))
        #expect(source.receive(request, now: vector.clock, keys: [url: key]).events == vector.expect.events)
    }

    @Test("an address that serves no key is left alone for a minute, then asked again")
    func pause() async throws {
        let vector = try vector("paypal-ok")
        let host = ScriptedCertificates([:])
        let cache = CertificateCache(host)
        let (request, source) = (try vector.request(), try vector.source())
        for seconds in [0, 59, 60] as [Int64] {
            let now = Timestamp(seconds: vector.now + seconds)
            #expect(await source.receive(request, now: now, keysFrom: cache).rejection?.code == .certificateUnavailable)
        }
        #expect(await host.asked.count == 2)
    }

    @Test("a key is fetched anew after a day")
    func lifetime() async throws {
        let vector = try vector("paypal-ok")
        let host = ScriptedCertificates(try #require(vector.keys))
        let cache = CertificateCache(host)
        let (request, source) = (try vector.request(), try vector.source())
        for seconds in [0, 86_399, 86_400] as [Int64] {
            _ = await source.receive(
                request,
                now: Timestamp(seconds: vector.now + seconds),
                keysFrom: cache
            )
        }
        #expect(await host.asked.count == 2)
    }

    @Test("a request without its key is refused with the reason, and asked to come again")
    func refusal() async throws {
        let vector = try vector("paypal-ok")
        let reception = try await vector.source().receive(
            try vector.request(),
            now: vector.clock,
            keysFrom: CertificateCache(ScriptedCertificates([:]))
        )
        let rejection = try #require(reception.rejection)
        #expect(rejection.status == 503)
        #expect(rejection.headers == [.retryAfter: "60"])
        #expect(rejection.reason.hasPrefix("the key at https://api.paypal.com/"))
    }

    @Test("hosts of strangers hold a few slots, and none of the sender's own")
    func slots() async throws {
        let vector = try vector("paypal-ok")
        let own = try #require(vector.keys?.keys.first)
        let host = HangingCertificates(answering: try #require(vector.keys))
        let cache = CertificateCache(host)
        let (source, clock) = (try vector.source(), vector.clock)
        let strangers = try (0..<40).map { try vector.request(certificateAt: "https://a\($0).slow.paypal.com/x") }
        try await withThrowingTaskGroup(of: Rejection.Code?.self) { group in
            for request in strangers {
                group.addTask { await source.receive(request, now: clock, keysFrom: cache).rejection?.code }
            }
            // All but those that hang are refused at once.
            for _ in 0..<38 { #expect(try await group.next() == .certificateUnavailable) }
            let request = try vector.request()
            #expect(await source.receive(request, now: clock, keysFrom: cache).events == vector.expect.events)
            host.letGo()
            for _ in 0..<2 { #expect(try await group.next() == .certificateUnavailable) }
        }
        #expect(await host.asked.count == 3)
        #expect(await host.asked.contains(own))
    }

    @Test(
        "a sender's usual hosts are known, and others are asked below its domain alone",
        arguments: [
            ("https://api.paypal.com/v1/notifications/certs/CERT-1", true),
            ("https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1", true),
            ("https://api-m.paypal.com/c", true), ("https://localhost.paypal.com/c", false),
            ("https://paypal.com/c", false), ("https://paypal.com.example.com/c", nil),
            ("https://API.paypal.com/c", false),
        ] as [(String, Bool?)]
    )
    func hosts(address: String, isUsual: Bool?) throws {
        guard case .certificate(let scheme) = Preset.paypal.verification else {
            Issue.record("found another scheme")
            return
        }
        let site = try #require(scheme.signatures.first).site
        #expect(CertificateURL(address, on: site)?.isUsual == isUsual)
    }

    @Test("of two keys the second is fetched only when the first does not fit")
    func second() async throws {
        let vector = try vector("adobe-io-second-signature")
        let host = ScriptedCertificates(try #require(vector.keys))
        let reception = try await vector.source().receive(
            try vector.request(),
            now: vector.clock,
            keysFrom: CertificateCache(host)
        )
        #expect(reception.events == vector.expect.events)
        #expect(await host.asked == (try #require(vector.keys).keys.sorted()))
    }

    @Test(
        "what is no key is refused",
        arguments: ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
    )
    func noKey(pem: String) {
        let error = #expect(throws: WebhookError.self) { try FetchedKey(pem: pem) }
        #expect(error?.code == .badCertificate)
    }

    @Test(
        "the checksum is zlib's",
        arguments: [("", 0), ("123456789", 0xCBF4_3926), ("a", 0xE8B7_BE43)] as [(String, UInt32)]
    )
    func checksum(text: String, expected: UInt32) {
        #expect(CRC32.checksum(of: Array(text.utf8)) == expected)
    }
}
