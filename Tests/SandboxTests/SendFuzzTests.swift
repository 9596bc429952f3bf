// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import TestSupport
import Testing

@testable import Sandbox

@Suite("The body parser under fire")
struct SendFuzzTests {
    private static let seeds =
        SendingTests.accepted.map(\.body) + SendingTests.refused.map(\.body).filter { $0.count < 2_000 }
    private static let pieces = [
        "null", "[]", "{}", "\"\"", "-1", "1e400", "\"\\u0000\"", "\"\\ud800\"", ",", ":", "{", "}", "[", "\"", "\\",
        String(repeating: "[", count: 600), "99999999999999999999", "\"c0_1\"", "\"carousel\"", "\"phone\"", "\u{0}",
        "é",
    ]

    @Test("two thousand bent bodies, all from one seed: never a crash, never a 5xx, always JSON")
    func bent() async throws {
        try await withSandboxUnderTest { sandbox async throws in
            var random = SeededGenerator(seed: 20_260_115)
            var statuses: Set<Int> = []
            for _ in 0..<2_000 {
                let body = Self.bend(using: &random)
                let answer = try await sandbox.send(body)
                statuses.insert(answer.status)
                guard [201, 400, 422].contains(answer.status), answer.json["success"] != nil else {
                    Issue.record("\(answer.status) for \(body)")
                    continue
                }
            }
            #expect(statuses == [201, 400, 422])
            #expect(try await sandbox.call(.get, "/").status == 200)
            #expect(try await sandbox.call(.get, "/sandbox/messages").json.array != nil)
        }
    }

    private static func bend(using random: inout SeededGenerator) -> String {
        var body = Array((seeds.randomElement(using: &random) ?? "").unicodeScalars)
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let start = Int.random(in: 0...body.count, using: &random)
            let end = min(body.count, start + Int.random(in: 0...12, using: &random))
            let piece = Bool.random(using: &random) ? pieces.randomElement(using: &random) ?? "" : ""
            body.replaceSubrange(start..<end, with: piece.unicodeScalars)
        }
        return String(String.UnicodeScalarView(body))
    }
}
