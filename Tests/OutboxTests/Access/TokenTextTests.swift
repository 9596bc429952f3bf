// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import Outbox

@Suite("A token")
struct TokenTextTests {
    @Test("says its scope, has 256 random bits in base 62, and six characters that hold it together")
    func shape() {
        for (scope, prefix) in [(AccessScope.read, "hk_r_"), (.operate, "hk_o_"), (.admin, "hk_a_")] {
            let texts = (0..<100).map { _ in TokenText(drawnFor: scope) }
            #expect(Set(texts).count == 100)
            for text in texts {
                #expect(text.secret.wholeMatch(of: /hk_[roa]_[0-9A-Za-z]{49}/) != nil)
                #expect(text.secret.hasPrefix(prefix))
                #expect(TokenText(text.secret) == text)
                #expect("\(text)" == "[redacted]")
                #expect(!String(reflecting: [text]).contains(text.secret))
            }
        }
    }

    @Test("is the same text for the same bytes, with zeros in front")
    func known() {
        // Worked out with Python's zlib.crc32 and whole numbers.
        let zeros = String(repeating: "0", count: 43)
        #expect(TokenText(.read, bytes: [UInt8](repeating: 0, count: 32)).secret == "hk_r_\(zeros)0Gmkem")
        let counted = TokenText(.admin, bytes: (1...32).map { UInt8($0) }).secret
        #expect(counted == "hk_a_0Eoh211G4c8wtVWM00my5rsNSFlKgaWqQ4mb8gdEqno3Ta1w4")
        #expect(TokenText.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    }

    @Test("is none when any character was changed, lost, added or swapped with its neighbour")
    func mistyped() {
        let text = TokenText(.operate, bytes: (0..<32).map { UInt8($0 * 7) }).secret
        let characters = Array(text)
        for index in characters.indices {
            var changed = characters
            changed[index] = changed[index] == "x" ? "y" : "x"
            #expect(TokenText(String(changed)) == nil)
            var lost = characters
            lost.remove(at: index)
            #expect(TokenText(String(lost)) == nil)
            var added = characters
            added.insert("0", at: index)
            #expect(TokenText(String(added)) == nil)
            var swapped = characters
            swapped.swapAt(index, (index + 1) % characters.count)
            #expect(TokenText(String(swapped)) == nil || swapped == characters)
        }
        for other in ["", "hk_r_", "Bearer \(text)", text + " ", text.uppercased(), "sk_" + text.dropFirst(3)] {
            #expect(TokenText(other) == nil)
        }
    }

    @Test("is live until its time is over or somebody takes it back; a use is written down once an hour")
    func life() {
        func token(expires: Int64?, used: Int64? = nil, revoked: Int64? = nil) -> AccessToken {
            AccessToken(
                id: "tok_1",
                name: "shop",
                scope: .read,
                seesPersonalData: false,
                fingerprint: [],
                createdAt: Timestamp(seconds: 0),
                expiresAt: expires.map(Timestamp.init(seconds:)),
                lastUsedAt: used.map(Timestamp.init(seconds:)),
                revokedAt: revoked.map(Timestamp.init(seconds:))
            )
        }
        #expect(token(expires: nil).state(at: Timestamp(seconds: 1_000_000)) == .live)
        #expect(token(expires: 10).state(at: Timestamp(seconds: 9)) == .live)
        #expect(token(expires: 10).state(at: Timestamp(seconds: 10)) == .expired)
        #expect(token(expires: 10, revoked: 5).state(at: Timestamp(seconds: 20)) == .revoked)
        #expect(token(expires: nil).isUseWorthWriting(at: Timestamp(seconds: 1)))
        #expect(!token(expires: nil, used: 1_000).isUseWorthWriting(at: Timestamp(seconds: 4_599)))
        #expect(token(expires: nil, used: 1_000).isUseWorthWriting(at: Timestamp(seconds: 4_600)))
        #expect(token(expires: nil, used: 1_000).isUseWorthWriting(at: Timestamp(seconds: 999)))
        #expect(AccessScope.read < .operate && .operate < .admin)
    }
}
