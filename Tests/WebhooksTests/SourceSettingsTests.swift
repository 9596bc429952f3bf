// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import Testing

@testable import Webhooks

@Suite("Settings of a source")
struct SourceSettingsTests {
    private func mistakes(_ settings: SourceSettings) -> [String] {
        do {
            _ = try Source(settings)
            return []
        } catch {
            return error.mistakes.map { "\($0.key): \($0.message)" }
        }
    }

    private func settings(
        preset: String? = nil,
        secrets: [String] = ["a secret"],
        verify: [String: String] = [:],
        change: (inout SourceSettings) -> Void = { _ in }
    ) -> SourceSettings {
        var settings = SourceSettings(
            name: "shop",
            preset: preset,
            secrets: secrets.map { Secret($0) },
            verify: verify
        )
        change(&settings)
        return settings
    }

    @Test("a source of few words has the preset's answers to the rest")
    func defaults() throws {
        let source = try Source(settings(preset: "razorpay"))
        #expect(source.path == "/hooks/shop")
        #expect(source.country == "IN")
        #expect(source.maxBodyBytes == 1_048_576)
        #expect(source.success == .report)
        #expect(source.secretLabels == ["secrets[0]"])
    }

    @Test("a rate is read like an account's, and is none if left out")
    func rate() throws {
        #expect(try Source(settings()).rate == nil)
        #expect(try Source(settings { $0.rate = "50/s" }).rate == Rate(50, per: .seconds(1)))
        #expect(try Source(settings { $0.rate = "600/m" }).rate == Rate(600, per: .seconds(60)))
        let expected = "expected events a second, minute or hour, such as 50/s or 600/m"
        for text in ["50", "0/s", "-1/s", "5/d", "1.5/s"] {
            #expect(mistakes(settings { $0.rate = text }) == ["rate: '\(text)' is not understood; \(expected)"])
        }
    }

    @Test("what the settings say wins over the preset")
    func overrides() throws {
        let source = try Source(
            settings(preset: "shopify") {
                $0.path = "/in/tea"
                $0.country = "ae"
                $0.maxBody = "2MiB"
                $0.dedupeWindow = "3h"
                $0.eventType = "body.kind"
            }
        )
        #expect(source.path == "/in/tea")
        #expect(source.country == "AE")
        #expect(source.maxBodyBytes == 2 << 20)
        #expect(source.preset.dedupe.window == .seconds(10_800))
        #expect(source.preset.eventType == "body.kind")
    }

    @Test("whoever names the event's id need not say again that it tells events apart")
    func idIsDedupe() throws {
        let generic = try Source(settings { $0.eventID = "body.number" })
        #expect(generic.preset.dedupe.key == "body.number")
        let shopify = try Source(settings(preset: "shopify") { $0.eventID = "body.id" })
        #expect(shopify.preset.dedupe.key == Preset.shopify.dedupe.key)
    }

    @Test("a secret's own name is what the event's record says")
    func labels() throws {
        var named = settings()
        named.secrets = [Secret("one", label: "autumn"), Secret("two")]
        #expect(try Source(named).secretLabels == ["autumn", "secrets[1]"])
    }

    @Test("all mistakes are told at once, each with its key")
    func allAtOnce() {
        let found = mistakes(
            settings(
                preset: "razorpai",
                secrets: ["good", " "],
                verify: ["hash": "sha265", "heder": "X", "signed": "{when}{body}"]
            ) {
                $0.name = "my shop"
                $0.path = "in/shop"
                $0.country = "India"
                $0.maxBody = "1 MB"
                $0.eventType = "type"
                $0.dedupe = ["body.id", "id"]
                $0.dedupeWindow = "3 days"
                $0.publicURL = "hooks.example.com"
            }
        )
        let place = PlaceTemplate.form
        #expect(
            found == [
                "name: 'my shop' is no name; expected letters, digits, - and _, at most 64",
                "preset: unknown preset 'razorpai'; did you mean 'razorpay'?",
                "event_type: 'type' is not understood; expected \(place)",
                "dedupe.1: 'id' is not understood; expected \(place)",
                "dedupe_window: '3 days' is not understood; expected a duration such as 3d",
                "verify.heder: unknown key 'heder'; did you mean 'header'?",
                "verify.hash: unknown hash 'sha265'; did you mean 'sha256'?",
                "verify.signed: '{when}' is unknown; expected {timestamp}, {id}, {url}, {body} or {body_base64}",
                "path: 'in/shop' is no path; expected one such as /in/erp of letters, digits and -_.~/",
                "country: 'India' is not understood; expected an ISO 3166 code such as IN",
                "max_body: '1 MB' is not understood; expected a size such as 1MiB",
                "secrets.1: the secret is empty; expected what the sender shows as its secret",
                "public_url: 'hooks.example.com' is no address; expected one such as https://hooks.example.com/in/shop",
            ]
        )
    }

    @Test("without a secret nothing is verified, and that is never silent", arguments: Preset.all.map(\.name))
    func noSecret(preset: String) {
        let found = mistakes(
            settings(preset: preset, secrets: []) {
                $0.publicURL = "https://hooks.example.com/in"
                $0.handshakeToken = Secret("token")
            }
        )
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("secrets: no secret; ") == true)
    }

    @Test(
        "one wrong setting of a scheme is one mistake",
        arguments: [
            (["scheme": "hmca"], "verify.scheme: unknown scheme 'hmca'; did you mean 'hmac'?"),
            (
                ["scheme": "none"],
                "verify.scheme: nothing would be verified although secrets are given; expected a scheme, or no secrets"
            ),
            (
                ["signed": "{timestamp}"],
                "verify.signed: '{timestamp}' does not hold {body}, so the signature would not cover the body"
            ),
            (["signed": "{body"], "verify.signed: '{body' has no closing brace"),
            (
                ["signed": "{id}{body}"],
                "verify.id_header: missing; {id} is signed, so expected the header that holds it"
            ),
            (["tolerance": "5m"], "verify.tolerance: there is no time stamp; expected {timestamp} in signed"),
            (
                ["timestamp_header": "X-At"],
                "verify.timestamp_header: the time stamp is not signed, so anybody could renew it; expected {timestamp} in signed"
            ),
            (
                ["timestamp_name": "t"],
                "verify.timestamp_name: needs list: comma or semicolon; expected timestamp_header otherwise"
            ),
            (["scheme": "bearer", "hash": "sha1"], "verify.hash: means nothing for the scheme bearer"),
            (["parameter": "k"], "verify.parameter: means nothing for the scheme hmac"),
            (["scheme": "query", "header": "X-A"], "verify.header: means nothing for the scheme query"),
            (["header": "X Sig"], "verify.header: 'X Sig' is no header name; expected one such as X-Signature"),
            (
                ["signed": "{timestamp}{body}", "tolerance": "five"],
                "verify.tolerance: 'five' is no duration; expected one such as 5m"
            ),
            (["signed": "{url}{body}"], "public_url: no public URL; the sender signs the address it posts to"),
            (["key": "hex"], "secrets: secrets[0] is not an even number of hex digits"),
        ]
    )
    func schemes(verify: [String: String], expected: String) {
        #expect(mistakes(settings(verify: verify)) == [expected])
    }

    @Test("a preset that is not of the HMAC family wants its scheme named before it is changed")
    func tokenPreset() {
        let found = mistakes(settings(preset: "shiprocket", verify: ["hash": "sha1"]))
        #expect(found == ["verify.scheme: missing; expected one of hmac, token, bearer, basic, query, none"])
    }

    @Test("a body's form and a rate of an allowed origin are read, or told what they may be")
    func bodyAndRate() throws {
        let found = mistakes(
            settings {
                $0.body = "yaml"
                $0.allowedRate = "0"
            }
        )
        #expect(
            found == [
                "body: 'yaml' is not understood; expected json, form, xml, auto, or form: and the field with the JSON",
                "allowed_rate: '0' is not understood; expected requests a minute such as 120",
            ]
        )
        let source = try Source(settings { $0.body = "form:payload" })
        #expect(source.preset.body == BodyDecoding(standard: .formField("payload")))
    }

    @Test(
        "a key that is none of its scheme is told at once",
        arguments: [
            ("paytm", "secrets: secrets[0] is not a merchant key of 16 characters"),
            ("adyen", "secrets: secrets[0] is not an even number of hex digits"),
            ("adobe-commerce", "secrets: secrets[0] is not an RSA public key of 2048 bits or more in PEM"),
        ]
    )
    func badKeys(preset: String, expected: String) {
        #expect(mistakes(settings(preset: preset)) == [expected])
    }

    @Test("a login alone is no key: it would prove nothing of a body", arguments: ["adyen", "adyen-platform"])
    func loginAlone(preset: String) throws {
        let found = mistakes(settings(preset: preset, secrets: ["hk:password"]))
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("secrets: only a login; ") == true)
        #expect(try Source(settings(preset: preset, secrets: ["hk:password", "00FF"])).secretLabels.count == 2)
    }

    @Test("a setting of a preset's key leaves its login as it is")
    func loginIsKept() throws {
        let source = try Source(
            settings(preset: "adyen-platform", secrets: ["a key", "hk:password"], verify: ["key": "text"])
        )
        guard case .withLogin(.hmac(let scheme)) = source.preset.verification else {
            Issue.record("found \(source.preset.verification)")
            return
        }
        #expect(scheme.key == .text)
        #expect(scheme.header == "HmacSignature")
    }

    @Test(
        "an address that its sender never posts to is a mistake, with what the sender posts to",
        arguments: [
            (
                "bigcommerce", "https://hooks.example.com:8443/in",
                "'https://hooks.example.com:8443/in' has the port 8443; BigCommerce posts only to port 443"
            ),
            (
                "xero", "http://hooks.example.com/in",
                "'http://hooks.example.com/in' is not https; Xero posts only to https"
            ),
            (
                "adyen", "https://hooks.example.com:444/in",
                "'https://hooks.example.com:444/in' has the port 444; Adyen (standard webhooks) posts only to port 443, 8443 or 8843"
            ),
            (
                "razorpay", "http://hooks.example.com:3000/in",
                "'http://hooks.example.com:3000/in' has the port 3000; Razorpay posts only to port 80 or 443"
            ),
            (
                "shiprocket", "https://SR.example.com/in/parcels",
                "'https://SR.example.com/in/parcels' holds 'sr'; Shiprocket takes no address with shiprocket, kartrocket, sr or kr in it; expected one such as /in/parcels"
            ),
        ]
    )
    func address(preset: String, url: String, expected: String) {
        let key = preset == "adyen" ? "00FF" : "a secret"
        let found = mistakes(settings(preset: preset, secrets: [key]) { $0.publicURL = url })
        #expect(found == ["public_url: \(expected)"])
    }

    @Test("an address that its sender posts to is none", arguments: ["razorpay", "woocommerce", "stripe"])
    func goodAddress(preset: String) throws {
        let source = try Source(settings(preset: preset) { $0.publicURL = "http://hooks.example.com/in/shop" })
        #expect(source.warnings == [])
    }

    @Test("a path that its sender refuses is warned of, until the whole address is known to be another")
    func path() throws {
        var parcels = settings(preset: "shiprocket")
        parcels.name = "shiprocket"
        let warning = try #require(try Source(parcels).warnings.first)
        #expect(warning.key == "path")
        #expect(
            warning.message
                == "'/hooks/shiprocket' holds 'shiprocket'; Shiprocket takes no address with shiprocket, kartrocket, sr or kr in it; expected one such as /in/parcels"
        )
        parcels.publicURL = "https://hooks.example.com/in/parcels"
        #expect(try Source(parcels).warnings == [])
        parcels.publicURL = nil
        parcels.path = "/in/parcels"
        #expect(try Source(parcels).warnings == [])
    }

    @Test(
        "what is no place, alone or in braces, is told what it may be",
        arguments: [
            "{{ body.id", "{{ id }}", "{{ body.id | downcase }}", "body.id }}", "{{ body.id }}-{{ }}", "{{}}",
            "id-{{ a }}",
            "{{ body.id }} }}",
        ]
    )
    func noTemplate(text: String) {
        #expect(
            mistakes(settings { $0.dedupe = [text] }) == [
                "dedupe.0: '\(text)' is not understood; expected \(PlaceTemplate.form)"
            ]
        )
    }

    @Test("several places in one text are parts of a key, and one value elsewhere")
    func templates() throws {
        let source = try Source(
            settings {
                $0.eventType = "{{ body.object }}.{{ body.action }}"
                $0.eventID = "{{ header.X-Shop }}"
                $0.dedupe = ["{{ body.id }}-{{ body.status }}", "header.X-Shop"]
            }
        )
        #expect(source.preset.eventType == .joined(["body.object", "'.'", "body.action"], separator: ""))
        #expect(source.preset.eventID == "header.X-Shop")
        #expect(source.preset.dedupe.key == .joined(["body.id", "'-'", "body.status", "header.X-Shop"]))
    }

    @Test("a handshake that needs a token says so")
    func handshakeToken() {
        #expect(
            mistakes(settings(preset: "meta")) == [
                "handshake_token: missing; Meta (WhatsApp, Messenger, Instagram) checks the address with it"
            ]
        )
    }

    @Test("no secret comes out of anything that can be printed")
    func redaction() throws {
        let text = "hk-do-not-print-0001"
        var token = settings(preset: "odoo", secrets: [text])
        token.handshakeToken = Secret(text)
        for settings in [token, settings(preset: "razorpay", secrets: [text])] {
            let source = try Source(settings)
            let secret = try Secret(text).usable(as: "a label")
            var printed = "\(settings) \(source) \(secret) \(String(reflecting: secret)) \(String(reflecting: source))"
            dump(settings, to: &printed)
            dump(source, to: &printed)
            dump(secret, to: &printed)
            #expect(!printed.contains("do-not-print"))
            #expect(printed.contains("[redacted]"))
        }
    }

    @Test("an empty secret is an error wherever it is made", arguments: ["", " ", "\n\t"])
    func emptySecret(text: String) {
        let error = #expect(throws: WebhookError.self) { try Secret(text).usable(as: "old") }
        #expect(error?.code == .emptySecret)
    }
}
