// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import Testing
import WebhookVectors

@testable import Webhooks

// What becomes of a vector where nothing but the source itself is tested.

extension Vector: CustomTestStringConvertible {
    package var testDescription: String { id }
}

extension Vector {
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
