// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import ExtremeNumbers
import HTTPTypes
import HTTPValues
import Testing
import WebhookVectors

@testable import Webhooks

@Suite("Numbers of strangers in requests")
struct ExtremeNumberTests {
    private static let signed = Vector.all.filter { vector in
        vector.expect.kind == "events" && vector.headers.contains { $0[1].contains(where: \.isNumber) }
    }

    @Test("a number in a header that is put in place of another is refused or changes nothing", arguments: signed)
    func headers(vector: Vector) throws {
        let source = try vector.source()
        let request = try vector.request()
        for (position, field) in request.headers.enumerated() where field.value.contains(where: \.isNumber) {
            for number in ExtremeNumbers.all {
                var fields = Array(request.headers)
                let value = Self.replacingNumbers(in: field.value, with: number)
                fields[position] = HTTPField(name: field.name, value: value)
                let changed = InboundRequest(
                    method: request.method,
                    target: request.target,
                    headers: HTTPFields(fields),
                    body: request.body
                )
                switch try vector.receive(changed, by: source) {
                case .events(let events): #expect(!events.isEmpty)
                case .rejected(let rejection): #expect((400..<600).contains(rejection.status))
                case .handshake, .parked, .needs: break
                }
            }
        }
    }

    private static func replacingNumbers(in text: String, with number: String) -> String {
        text.replacing(#/[0-9]{6,}|^[0-9]+$/#, with: number)
    }

    @Test("a time in a body is a time of ours or none", arguments: ExtremeNumbers.all)
    func times(_ text: String) {
        for reading in [
            EventTime(place: .none), EventTime(place: .none, format: .pattern("yyyyMMddHHmmss", zone: "UTC")),
        ] {
            for written in [text, "\(text)-01-01T00:00:00Z", "2026-01-01 00:00:\(text)"] {
                if let time = reading.read(written) { #expect(!time.rfc3339.isEmpty) }
            }
        }
    }

    @Test("sizes, rates and tolerances of a source are taken or refused", arguments: ExtremeNumbers.all)
    func settings(_ text: String) {
        for unit in ["", "B", "KiB", "MiB", "GiB", "kB", "MB", "s", "d", "/s", "/h"] {
            var settings = SourceSettings(
                name: "shop",
                secrets: [.init("a secret")],
                verify: ["tolerance": text + unit]
            )
            settings.maxBody = text + unit
            settings.rate = text + unit
            settings.allowedRate = text
            do {
                let source = try Source(settings)
                #expect((1...(1 << 30)).contains(source.maxBodyBytes))
            } catch {
                #expect(!error.mistakes.isEmpty)
            }
        }
    }
}
