// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPValues
import Messages
import Outbox
import TestSupport
import Testing
import Webhooks

/// Bodies that nobody would write, from a seed, so that a failure can be repeated.
@Suite("Any body at all, at the durable partner API", .timeLimit(.minutes(10)))
struct PublicAPIFuzzTests {
    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let bodies = [
        #"{"type":"text","phone":"919811100001","content":"Namaste"}"#,
        #"{"type":"template","contactId":"c9","templateName":"parcel_sent","templateVariables":{"1":"A","c0_1":"B"}}"#,
        #"{"type":"template","phone":"919811100001","templateName":"t","templateComponents":[{"type":"body","#
            + #""parameters":[{"type":"text","text":"a"}]}]}"#,
        #"{"type":"template","phone":"919811100001","templateName":"t","carousel":{"cards":[{"index":0,"#
            + #""bodyValues":{"1":"Villa"},"buttonValues":[{"index":0,"sub_type":"url","parameters":"#
            + #"{"type":"text","text":"slug"}}],"header":{"format":"image","id":"1234567890"}}]}}"#,
        #"{"type":"interactive","phone":"919811100001","content":"{\"type\":\"button\",\"body\":\"Choose\"}"}"#,
    ]

    private static let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "-1e999", "1e-9999999999", "\u{0}", "\\u0000",
        "\\ud800",
        "\"phone\":", "\"type\":\"template\",", "\"carousel\":{}", "\"index\":9223372036854775808,", "[[[[[[[[[[[[[[[[",
        "{\"a\":{\"a\":{\"a\":", "\u{202E}", "\u{1F600}", "919811100001",
    ].map { Array($0.utf8) }

    /// Overwrites, inserts, drops or repeats a few bytes.
    private static func damaged(_ body: [UInt8], _ generator: inout Generator) -> [UInt8] {
        var bytes = body
        for _ in 0...Int.random(in: 0..<4, using: &generator) {
            let start = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, start + Int.random(in: 0..<8, using: &generator))
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes.replaceSubrange(start..<end, with: [])
            case 1: bytes.insert(contentsOf: bytes[start..<end], at: start)
            case 2: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: start)
            case 3: bytes.replaceSubrange(start..<end, with: pieces.randomElement(using: &generator) ?? [])
            default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: start)
            }
        }
        return bytes
    }

    @Test("is accepted or refused with a code and a sentence; never a crash, never a 5xx", arguments: bodies)
    func damagedBodies(body: String) async throws {
        try await withAPI { api in
            var generator = Generator(state: UInt64(body.utf8.count))
            var accepted = 0
            for _ in 0..<1_500 {
                let bytes = Self.damaged(Array(body.utf8), &generator)
                let reply = try await api.post(bytes)
                switch reply.status {
                case 201: accepted += 1
                case 400, 422:
                    #expect(reply.code?.isEmpty == false, "\(String(decoding: bytes, as: UTF8.self))")
                    #expect(reply.json?["error"]?["message"]?.string?.contains("98111") == false)
                default: Issue.record("\(reply.status) for \(String(decoding: bytes, as: UTF8.self))")
                }
            }
            // Both ways must have been taken, or the test would show nothing.
            #expect((1..<1_500).contains(accepted))
            #expect(try await api.store.countsByState() == [.queued: accepted])
        }
    }
}
