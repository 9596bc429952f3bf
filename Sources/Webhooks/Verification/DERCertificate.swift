// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation

/// The two parts of an X.509 certificate that checking a signature needs.
///
/// Who issued it is not checked: it came from the sender's own host over a connection that is.
///
/// - SeeAlso: [RFC 5280, section 4.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.1)
struct DERCertificate {
    /// One element: its tag, its bytes with the head, and those without.
    private struct Element {
        let tag: UInt8
        let whole: ArraySlice<UInt8>
        let content: ArraySlice<UInt8>

        /// The elements inside this one; `nil` when they do not end where it ends.
        var children: [Element]? {
            var rest = content
            var elements: [Element] = []
            while !rest.isEmpty {
                guard let element = Element(&rest) else { return nil }
                elements.append(element)
            }
            return elements
        }

        /// Takes one element off the front.
        init?(_ bytes: inout ArraySlice<UInt8>) {
            let all = bytes
            guard let tag = bytes.popFirst(), let first = bytes.popFirst() else { return nil }
            var length = Int(first)
            if first >= 0x80 {
                let count = Int(first & 0x7F)
                guard (1...3).contains(count), bytes.count >= count else { return nil }
                length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
                bytes.removeFirst(count)
            }
            guard bytes.count >= length else { return nil }
            self.tag = tag
            content = bytes.prefix(length)
            bytes.removeFirst(length)
            whole = all[..<bytes.startIndex]
        }
    }

    private static let sequence: UInt8 = 0x30
    private static let explicitVersion: UInt8 = 0xA0

    /// SubjectPublicKeyInfo in DER.
    let publicKey: [UInt8]
    /// From notBefore to notAfter.
    let validity: ClosedRange<Timestamp>

    /// Reads the first certificate of a PEM text.
    ///
    /// - Parameter pem: The text; `nil` comes back when it holds no certificate.
    init?(pem: String) {
        let begin = "-----BEGIN CERTIFICATE-----"
        guard let start = pem.range(of: begin),
            let end = pem.range(of: "-----END", range: start.upperBound..<pem.endIndex),
            let data = Data(base64Encoded: pem[start.upperBound..<end.lowerBound].filter { !$0.isWhitespace })
        else { return nil }
        self.init(der: Array(data))
    }

    private init?(der: [UInt8]) {
        var bytes = der[...]
        guard let certificate = Element(&bytes), bytes.isEmpty, certificate.tag == Self.sequence,
            let toBeSigned = certificate.children?.first, var fields = toBeSigned.children
        else { return nil }
        if fields.first?.tag == Self.explicitVersion { fields.removeFirst() }
        // serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
        guard fields.count >= 6, let times = fields[3].children, times.count == 2,
            let from = Self.time(times[0]), let until = Self.time(times[1]), from <= until
        else { return nil }
        publicKey = Array(fields[5].whole)
        validity = from...until
    }

    /// UTCTime (two digits of the year, from 1950) or GeneralizedTime.
    private static func time(_ element: Element) -> Timestamp? {
        let digits = String(decoding: element.content, as: UTF8.self)
        guard digits.hasSuffix("Z"), digits.dropLast().allSatisfy(\.isNumber) else { return nil }
        let text: String
        switch (element.tag, digits.count) {
        case (0x17, 13): text = (digits < "50" ? "20" : "19") + digits
        case (0x18, 15): text = digits
        default: return nil
        }
        let parts = [4, 2, 2, 2, 2, 2].reduce(into: (rest: text[...], parts: [Substring]())) { state, length in
            state.parts.append(state.rest.prefix(length))
            state.rest = state.rest.dropFirst(length)
        }.parts
        return Timestamp(rfc3339: "\(parts[0])-\(parts[1])-\(parts[2])T\(parts[3]):\(parts[4]):\(parts[5])Z")
    }
}
