// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import TLS
import TestSupport
import Testing

@testable import Doctor

@Suite("What the doctor says of certificates", .timeLimit(.minutes(5)))
struct CertificateCheckTests {
    @Test("those that hold for some days alone are fine until the last third of their time")
    func short() async throws {
        try await withTemporaryFolder { folder in
            let made = try await TestCertificate.make(in: folder, days: 6)
            let certificate = try TLSCertificate(pem: Array(try Data(contentsOf: made.certificate)))
            let verdicts = [6 * 24, 49, 47, 1].map { hours in
                let now = certificate.ends.advanced(by: .seconds(-3_600 * hours))
                return CertificateCheck(key: "tls", certificate: certificate, now: now).findings.first?.verdict
            }
            #expect(verdicts == [.fine, .fine, .wrong, .wrong])
        }
    }

    @Test("they are fine until two weeks before their end, and one that vouches for itself is worth knowing")
    func ends() async throws {
        try await withTemporaryFolder { folder in
            let made = try await TestCertificate.make(in: folder, names: "DNS:hooks.example,IP:127.0.0.1", days: 90)
            let certificate = try TLSCertificate(pem: Array(try Data(contentsOf: made.certificate)))
            func found(daysBefore days: Int) -> [String] {
                let now = certificate.ends.advanced(by: .seconds(-86_400 * days))
                return CertificateCheck(key: "tls", certificate: certificate, now: now).findings.map {
                    "\($0.area) \($0.verdict): \($0.sentence)"
                }
            }
            let end = certificate.ends.rfc3339
            let own = "certificate note: tls vouches for itself: senders that check certificates refuse it"
            let start = "tls is for hooks.example, 127.0.0.1"
            #expect(found(daysBefore: 15) == ["certificate fine: \(start) until \(end)", own])
            #expect(found(daysBefore: 13) == ["certificate wrong: \(start) until \(end), in 13d; renew it", own])
            let ended = "the certificate ended at \(end); expected one that holds; renew it"
            #expect(found(daysBefore: 0) == ["certificate wrong: \(start): \(ended)"])
        }
    }
}
