// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import HTTPTypes
import Testing

@testable import Webhooks

/// One request of `Fixtures/vectors.json`, which `Fixtures/make_vectors.py` makes, and what must become of it.
struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    struct Settings: Decodable, Sendable {
        var verify: [String: String]?
        var publicUrl: String?
        var handshakeToken: String?
        var maxBody: String?
        var eventType: String?
        var eventId: String?
        var eventTime: String?
        var dedupe: [String]?
        var allowedOrigins: [String]?
        var allowedRate: String?
        var bodyFormat: String?
    }

    struct Expectation: Decodable, Sendable {
        var kind: String
        var events: [ExpectedEvent]?
        var code: String?
        var status: Int?
        var says: String?
        var body: String?
        var headers: [String: String]?
    }

    struct ExpectedEvent: Decodable, Hashable, Sendable {
        var type: String
        var id: String?
        var timeMs: Int64
        var dedupe: String
        var secret: String?
    }

    let id: String
    let preset: String
    let settings: Settings
    let secrets: [String]
    let method: String
    let target: String
    let now: Int64
    let headers: [[String]]
    let bodyBase64: String
    let expect: Expectation
    /// What the senders' hosts serve, by address.
    let keys: [String: String]?

    static let all: [Vector] = {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/vectors.json")
        guard let data = try? Data(contentsOf: url) else {
            preconditionFailure("vectors.json is not beside the tests; make_vectors.py makes it")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode([Vector].self, from: data)
        } catch {
            preconditionFailure("vectors.json cannot be read: \(error)")
        }
    }()

    var testDescription: String { id }

    /// The receiver's clock.
    var clock: Timestamp { Timestamp(seconds: now) }

    /// The source that the vector is for.
    ///
    /// - Parameter secrets: Others than the vector's own, if given.
    /// - Returns: A source with the vector's settings.
    /// - Throws: ``SourceMistakes`` when a secret is none of its scheme.
    func source(secrets: [String]? = nil) throws -> Source {
        var result = SourceSettings(
            name: preset,
            preset: preset,
            secrets: (secrets ?? self.secrets).map { SourceSettings.SecretText($0) },
            verify: settings.verify ?? [:]
        )
        result.publicURL = settings.publicUrl
        result.handshakeToken = settings.handshakeToken.map { SourceSettings.SecretText($0) }
        result.maxBody = settings.maxBody
        result.eventType = settings.eventType
        result.eventID = settings.eventId
        result.eventTime = settings.eventTime
        result.dedupe = settings.dedupe ?? []
        result.allowedOrigins = settings.allowedOrigins ?? []
        result.allowedRate = settings.allowedRate
        result.body = settings.bodyFormat
        return try Source(result)
    }

    /// The senders' keys, as far as their addresses could be fetched at all.
    func fetchedKeys() throws -> FetchedKeys {
        let preset = try #require(Preset.named(preset))
        guard case .certificate(let scheme) = preset.verification else { return [:] }
        var fetched: FetchedKeys = [:]
        for (address, pem) in keys ?? [:] {
            for site in scheme.signatures.map(\.site) {
                let path = address.trimmingPrefix(site.description)
                if let url = CertificateURL(String(path), on: site) { fetched[url] = try FetchedKey(pem: pem) }
            }
        }
        return fetched
    }

    /// What becomes of a request to the vector's source.
    ///
    /// - Parameters:
    ///   - request: The vector's own, or a changed one.
    ///   - source: The vector's own if left out.
    ///   - keys: The vector's own if left out.
    /// - Returns: The source's answer with the vector's clock and keys.
    /// - Throws: ``SourceMistakes`` when the vector is none.
    func receive(_ request: InboundRequest, by source: Source? = nil, keys: FetchedKeys? = nil) throws -> Reception {
        try (source ?? self.source()).receive(request, now: clock, keys: keys ?? fetchedKeys())
    }

    /// The request, byte for byte.
    func request() throws -> InboundRequest {
        var fields = HTTPFields()
        for header in headers {
            let name = try #require(HTTPField.Name(header[0]))
            fields.append(HTTPField(name: name, value: header[1]))
        }
        return InboundRequest(
            method: try #require(HTTPRequest.Method(method)),
            target: target,
            headers: fields,
            body: Array(try #require(Data(base64Encoded: bodyBase64)))
        )
    }
}

extension Reception {
    /// What was received, in the words of the vectors.
    var events: [Vector.ExpectedEvent] {
        guard case .events(let events) = self else { return [] }
        return events.map { received in
            Vector.ExpectedEvent(
                type: received.event.type,
                id: received.event.senderID,
                timeMs: received.event.time.microseconds / 1_000,
                dedupe: received.dedupeKey,
                secret: received.secretLabel
            )
        }
    }

    /// The case's name, as the vectors say it.
    var kind: String {
        switch self {
        case .events: "events"
        case .parked: "parked"
        case .rejected: "rejected"
        case .handshake: "handshake"
        case .needs: "needs"
        }
    }

    /// The refusal, if it is one.
    var rejection: Rejection? {
        if case .rejected(let rejection) = self { rejection } else { nil }
    }

    /// The address whose key is needed.
    var neededCertificate: String? {
        if case .needs(let url) = self { url.text } else { nil }
    }

    /// The handshake's answer, if it is one.
    var reply: Reply? {
        if case .handshake(let reply) = self { reply } else { nil }
    }

    /// The parked body, if it is one.
    var parked: ParkedBody? {
        if case .parked(let body) = self { body } else { nil }
    }
}
