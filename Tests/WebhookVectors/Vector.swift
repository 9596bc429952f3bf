// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Foundation
package import HTTPTypes
package import HTTPValues
package import Webhooks

/// One request of `WebhooksTests/Fixtures/vectors.json`, which `make_vectors.py` beside it makes, and what must become
/// of it.
package struct Vector: Decodable, Sendable {
    package struct Settings: Decodable, Sendable {
        package var verify: [String: String]?
        package var publicUrl: String?
        package var handshakeToken: String?
        package var maxBody: String?
        package var eventType: String?
        package var eventId: String?
        package var eventTime: String?
        package var dedupe: [String]?
        package var allowedOrigins: [String]?
        package var allowedRate: String?
        package var bodyFormat: String?
        package var handshake: Handshake?
    }

    /// How the source's settings say that the sender checks the address.
    package struct Handshake: Decodable, Sendable {
        package var word: String?
        package var echo: String?
        package var token: String?
        package var event: String?
    }

    package struct Expectation: Decodable, Sendable {
        package var kind: String
        package var events: [ExpectedEvent]?
        package var code: String?
        package var status: Int?
        package var says: String?
        package var body: String?
        package var headers: [String: String]?
    }

    package struct ExpectedEvent: Decodable, Hashable, Sendable {
        package var type: String
        package var id: String?
        package var timeMs: Int64
        package var dedupe: String
        package var secret: String?

        package init(type: String, id: String?, timeMs: Int64, dedupe: String, secret: String?) {
            self.type = type
            self.id = id
            self.timeMs = timeMs
            self.dedupe = dedupe
            self.secret = secret
        }
    }

    /// A vector that is none.
    package struct Mistake: Error {
        package let vector: String
        package let what: String
    }

    package let id: String
    package let preset: String
    package let settings: Settings
    package let secrets: [String]
    package let method: String
    package let target: String
    package let now: Int64
    package let headers: [[String]]
    package let bodyBase64: String
    package let expect: Expectation
    /// What the senders' hosts serve, by address.
    package let keys: [String: String]?

    package static let all: [Vector] = {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../WebhooksTests/Fixtures/vectors.json")
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

    /// The receiver's clock.
    package var clock: Timestamp { Timestamp(seconds: now) }

    /// The source that the vector is for.
    ///
    /// - Parameters:
    ///   - name: Another name than the preset's, which is then in the path too.
    ///   - secrets: Others than the vector's own, if given.
    /// - Returns: A source with the vector's settings.
    /// - Throws: ``SourceMistakes`` when a secret is none of its scheme.
    package func source(name: String? = nil, secrets: [String]? = nil) throws -> Source {
        var result = SourceSettings(
            name: name ?? preset,
            preset: preset,
            secrets: (secrets ?? self.secrets).map { Secret($0) },
            verify: settings.verify ?? [:]
        )
        result.publicURL = settings.publicUrl
        result.handshakeToken = settings.handshakeToken.map { Secret($0) }
        result.maxBody = settings.maxBody
        result.eventType = settings.eventType
        result.eventID = settings.eventId
        result.eventTime = settings.eventTime
        result.dedupe = settings.dedupe ?? []
        result.allowedOrigins = settings.allowedOrigins ?? []
        result.allowedRate = settings.allowedRate
        result.body = settings.bodyFormat
        if let handshake = settings.handshake {
            var check = HandshakeSettings()
            check.word = handshake.word
            check.echo = handshake.echo
            check.token = handshake.token
            check.event = handshake.event
            result.handshake = check
        }
        return try Source(result)
    }

    /// The body, byte for byte.
    package func body() throws -> [UInt8] {
        guard let data = Data(base64Encoded: bodyBase64) else { throw Mistake(vector: id, what: "body") }
        return Array(data)
    }

    /// The headers as they are kept: those whose reader could post as the sender have no value any more.
    package func recordedHeaders() throws -> HTTPFields {
        HTTPFields(
            try request().headers.map { field in
                let isSecret = secrets.contains(field.value) || field.name == .authorization
                return isSecret ? HTTPField(name: field.name, value: "[redacted]") : field
            }
        )
    }

    /// The request, byte for byte.
    package func request() throws -> InboundRequest {
        var fields = HTTPFields()
        for header in headers {
            guard let name = HTTPField.Name(header[0]) else { throw Mistake(vector: id, what: header[0]) }
            fields.append(HTTPField(name: name, value: header[1]))
        }
        guard let method = HTTPRequest.Method(method) else { throw Mistake(vector: id, what: "method") }
        return InboundRequest(method: method, target: target, headers: fields, body: try body())
    }
}
