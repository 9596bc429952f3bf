// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Phone numbers that rehearse one bad day each, without any set-up.
///
/// They are the numbers 202-555-0140 to -0159 in the United States: 555-01xx belongs to nobody and is set aside for
/// fiction, and is a valid number for every library that checks numbers.
///
/// - SeeAlso: [555-XXXX line numbers](https://nationalnanpa.com/number_resource_info/555_numbers.html)
package struct MagicNumber: Hashable, Sendable {
    /// The number as requests carry it.
    package let digits: String
    /// What happens to a message for it.
    package let kind: SandboxFault.Kind
    /// The same in words.
    package let meaning: String

    /// All of them.
    package static let all: [MagicNumber] = [
        MagicNumber("12025550140", .status(400, retryAfter: nil), "400, refused for good"),
        MagicNumber("12025550141", .status(401, retryAfter: nil), "401, as for a revoked key"),
        MagicNumber("12025550142", .status(422, retryAfter: nil), "422, refused for good"),
        MagicNumber("12025550143", .status(403, retryAfter: nil), "403, as for a key without rights"),
        MagicNumber("12025550144", .status(429, retryAfter: .date(inSeconds: 2)), "429, Retry-After as a date"),
        MagicNumber("12025550145", .status(429, retryAfter: .seconds(2)), "429, Retry-After: 2"),
        MagicNumber("12025550146", .status(500, retryAfter: nil), "500"),
        MagicNumber("12025550147", .status(503, retryAfter: .seconds(2)), "503, Retry-After: 2"),
        MagicNumber("12025550148", .proxyPage, "502 with a proxy's HTML page"),
        MagicNumber("12025550149", .unsuccessful, "200 with success: false"),
        MagicNumber("12025550150", .latency(.seconds(2)), "accepted after two seconds"),
        MagicNumber("12025550151", .hangBeforeAccepting, "no answer, not accepted"),
        MagicNumber("12025550152", .hangAfterAccepting, "no answer, accepted"),
        MagicNumber("12025550153", .dropBeforeAccepting, "the connection breaks, not accepted"),
        MagicNumber("12025550154", .dropAfterAccepting, "the connection breaks, accepted"),
        MagicNumber("12025550155", .malformedBody, "accepted, but the body ends in the middle"),
        MagicNumber("12025550156", .revokeKey, "the key is revoked, then 401"),
        MagicNumber("12025550157", .pauseTemplate, "the template is paused, then 422"),
        MagicNumber("12025550158", .meta(MetaFault(131_026)), "Meta's code 131026: it cannot reach this recipient"),
        MagicNumber(
            "12025550159",
            .meta(MetaFault(131_056)),
            "Meta's code 131056: too many messages to this recipient"
        ),
    ]

    private static let byDigits = Dictionary(uniqueKeysWithValues: all.map { ($0.digits, $0) })

    private init(_ digits: String, _ kind: SandboxFault.Kind, _ meaning: String) {
        self.digits = digits
        self.kind = kind
        self.meaning = meaning
    }

    /// Looks a number up.
    ///
    /// - Parameter digits: A number as requests carry it; `nil` comes back for all others.
    package init?(_ digits: String) {
        guard let number = Self.byDigits[digits] else { return nil }
        self = number
    }
}
