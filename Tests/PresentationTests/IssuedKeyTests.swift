// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import Presentation
import Testing

@Suite("A new key")
struct IssuedKeyTests {
    @Test("has a public id of pk_ and 40 characters, and a secret of 256 bits that only its fingerprint keeps")
    func shape() {
        let keys = (0..<100).map { _ in IssuedKey(label: "shop", account: "main", at: Timestamp(seconds: 1)) }
        for issued in keys {
            #expect(issued.key.id.wholeMatch(of: /pk_[A-Za-z0-9]{40}/) != nil)
            #expect(issued.secret.wholeMatch(of: /sk_[A-Za-z0-9]{43}/) != nil)
            #expect(Fingerprint(of: issued.secret).isSame(as: issued.key.secretFingerprint))
            #expect(!issued.key.json.text().contains(issued.secret))
            #expect(KeyViews.table([issued.key]).contains("live"))
            #expect(!KeyViews.table([issued.key]).contains(issued.secret))
            #expect(issued.text.contains(issued.secret))
        }
        #expect(Set(keys.map(\.secret)).count == 100)
        #expect(Set(keys.map(\.key.id)).count == 100)
    }

    @Test("a fingerprint is SHA-256, and no other bytes are it")
    func fingerprint() {
        let fingerprint = Fingerprint(of: "abc")
        #expect(fingerprint.bytes.prefix(4) == [0xBA, 0x78, 0x16, 0xBF])
        #expect(fingerprint.bytes.count == 32)
        #expect(fingerprint.isSame(as: fingerprint.bytes))
        for position in fingerprint.bytes.indices {
            var other = fingerprint.bytes
            other[position] ^= 1
            #expect(!fingerprint.isSame(as: other))
        }
        #expect(!fingerprint.isSame(as: Array(fingerprint.bytes.dropLast())))
        #expect(!fingerprint.isSame(as: []))
    }
}
