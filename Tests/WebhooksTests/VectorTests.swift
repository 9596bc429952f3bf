// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import Testing
import WebhookVectors

@testable import Webhooks

@Suite("Requests as providers sign them")
struct VectorTests {
    @Test("every vector becomes what it must become", arguments: Vector.all)
    func outcome(vector: Vector) throws {
        let request = try vector.request()
        let reception = try vector.receive(request)
        #expect(reception.kind == vector.expect.kind, "\(reception.rejection?.reason ?? "")")
        #expect(reception.events == vector.expect.events ?? [])
        if let rejection = reception.rejection {
            #expect(rejection.code.rawValue == vector.expect.code)
            #expect(rejection.status == vector.expect.status)
            #expect(rejection.reason.contains(vector.expect.says ?? ""))
        }
        if let reply = reception.reply {
            #expect(reply.status == vector.expect.status)
            #expect(String(decoding: reply.body, as: UTF8.self) == vector.expect.body)
            if let headers = vector.expect.headers { #expect(reply.headers == headers.fields) }
        }
        #expect(reception.neededCertificate == (vector.expect.kind == "needs" ? vector.expect.body : nil))
    }

    @Test("what is stored is the body as it was received", arguments: Vector.all)
    func bodyIsKept(vector: Vector) throws {
        let request = try vector.request()
        let reception = try vector.receive(request)
        if let parked = reception.parked {
            #expect(parked.rawBody == request.body)
            #expect(parked.source == vector.preset)
            #expect(parked.secretLabel == "secrets[0]")
        }
        guard case .events(let events) = reception else { return }
        for received in events {
            #expect(received.event.rawBody == request.body)
            #expect(received.event.headers == (try vector.recordedHeaders()))
            #expect(received.event.source == vector.preset)
            #expect(received.event.receivedAt == vector.clock)
            #expect(received.dedupeWindow > .zero)
        }
        #expect(Set(events.map(\.event.id)).count == events.count)
    }

    @Test("no refusal repeats a secret or the right signature", arguments: Vector.all)
    func refusalsTellNothing(vector: Vector) throws {
        let reception = try vector.receive(vector.request())
        guard let reason = reception.rejection?.reason else { return }
        for secret in vector.secrets where secret.count > 3 { #expect(!reason.contains(secret)) }
        let good = Vector.all.first { $0.id == "\(vector.preset)-ok" }
        for header in good?.headers ?? [] where header[1].count > 20 { #expect(!reason.contains(header[1])) }
    }

    @Test("every preset has a valid, a rotated, a wrong and a missing case", arguments: Preset.all.map(\.name))
    func coverage(preset: String) {
        let vectors = Vector.all.filter { $0.preset == preset }
        let ids = Set(vectors.map { String($0.id.dropFirst(preset.count + 1)) })
        #expect(ids.isSuperset(of: ["ok", "rotated"]))
        #expect(!ids.isDisjoint(with: ["wrong", "wrong-secret"]))
        #expect(!ids.isDisjoint(with: ["missing", "missing-header"]))
    }

    /// One good vector of each preset whose sender can be imitated.
    static let signable = Vector.all.filter { vector in
        vector.id.hasSuffix("-ok") && Preset.named(vector.preset)?.verification.canSign == true
    }

    @Test("what we sign like a sender, its own check accepts", arguments: signable)
    func signing(vector: Vector) throws {
        let source = try vector.source()
        let original = try vector.request()
        let signed = source.sign(original.body, type: "a.type", id: "an-id", now: vector.clock)
        let pairs = signed.query.map { "\($0.key)=\($0.value.replacing("+", with: "%2B"))" }
        let query = pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
        let request = InboundRequest(
            method: .post,
            target: source.path + query,
            headers: signed.headers,
            body: signed.body ?? original.body
        )
        let reception = source.receive(request, now: vector.clock)
        #expect(reception.kind == "events", "\(reception.rejection?.reason ?? "")")
        #expect(reception.events.first?.secret == "secrets[0]")
    }
}
