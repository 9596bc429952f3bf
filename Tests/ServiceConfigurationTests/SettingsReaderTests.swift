// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import HTTPValues
import Messages
import Outbox
import PartnerClient
import Rules
import ServiceConfiguration
import Testing
import Webhooks

@Suite("The configuration")
struct SettingsReaderTests {
    private static let complete = """
        listen: 0.0.0.0:9000
        store: sqlite:data/outbox.db
        rules: my-rules
        accounts:
          main: {base_url: https://partner.example/api/v1/public, api_key: pk_1, api_secret: ${SECRET}, rate: 20/s}
        sources:
          razorpay: {preset: razorpay, secrets: [${HOOK}, file:old-secret, credential:older], country: IN}
        admin: {listen: "127.0.0.1:9001"}
        log: {level: debug, format: json}
        retention: 30d
        store_timeout: 900ms
        """

    private static let variables = [
        "SECRET": "s3cret-value", "HOOK": "h00k-value", "CREDENTIALS_DIRECTORY": "/run/creds",
    ]
    private static let files = ["etc/old-secret": "0ld-value\n", "/run/creds/older": "0lder-value"]

    private func read(
        _ text: String,
        variables: [String: String] = variables
    ) -> (settings: Settings?, findings: [String]) {
        let environment = SettingsEnvironment(variables: variables) { path in
            path == "etc/hookline.yaml" ? Array(text.utf8) : Self.files[path].map { Array($0.utf8) }
        }
        var reader = SettingsReader(path: "etc/hookline.yaml", environment: environment)
        let (settings, diagnostics) = reader.read()
        return (settings, diagnostics.map(\.description))
    }

    @Test("there is room for all that the accounts together may have on their way, so that none waits for another")
    func roomForAllAccounts() throws {
        let text = """
            accounts:
              slow: {base_url: https://partner.example/api, api_key: pk_1, api_secret: "s", max_in_flight: 1000}
              quick: {base_url: https://partner.example/api, api_key: pk_2, api_secret: "s"}
            sources: {shop: {preset: shopify, secrets: ["s"]}}
            """
        let (settings, findings) = read(text)
        #expect(findings.isEmpty)
        #expect(settings?.maxInFlight == 1_032)
    }

    @Test("proxies are trusted that are named, and a PROXY header is taken from these alone")
    func proxies() {
        let start = """
            accounts: {main: {base_url: https://partner.example/api, api_key: pk_1, api_secret: "s"}}
            sources: {shop: {preset: shopify, secrets: ["s"], allow_from: [203.0.113.0/24]}}

            """
        let nobody = read(start).settings
        #expect(nobody?.trustedProxies.isEmpty == true && nobody?.takesProxyHeader == false)
        let (settings, findings) = read(start + "trusted_proxies: [10.0.0.0/8, \"::1\"]\nproxy_protocol: true")
        #expect(findings.isEmpty)
        #expect(
            settings?.trustedProxies.include(ClientAddress("10.1.2.3")) == true && settings?.takesProxyHeader == true
        )
        let wrong = read(start + "trusted_proxies: [10.0.0.1/8]").findings
        #expect(wrong.count == 1 && wrong[0].contains("found '10.0.0.1/8'; expected an address or a range of them"))
        let alone = read(start + "proxy_protocol: true").findings
        #expect(alone.count == 1 && alone[0].contains("expected 'trusted_proxies' beside it"))
    }

    @Test("traces go where the configuration says, with the secrets of the collector, and nowhere without it")
    func tracing() throws {
        let start = """
            accounts: {main: {base_url: https://partner.example/api, api_key: pk_1, api_secret: "s"}}
            sources: {shop: {preset: shopify, secrets: ["s"]}}

            """
        // What OpenTelemetry's own variables say turns nothing on by itself, and can be named.
        let variables = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318/", "KEY": "s3cret"]
        #expect(read(start, variables: variables).settings?.tracing.isOn == false)
        let text = """
            tracing:
              endpoint: ${OTEL_EXPORTER_OTLP_ENDPOINT}
              headers: {Authorization: "${KEY}", X-Org: "1"}
              sample: 0.25
            """
        let (settings, findings) = read(start + text, variables: variables)
        #expect(findings.isEmpty)
        let tracing = try #require(settings?.tracing)
        #expect(tracing.isOn && tracing.url == "http://collector:4318/v1/traces")
        #expect(tracing.share == 0.25 && tracing.service == "hookline")
        #expect(tracing.headers.map(\.name) == ["Authorization", "X-Org"])
        #expect(tracing.headers.map { $0.value.reveal() } == ["s3cret", "1"])
        #expect(!"\(tracing)".contains("s3cret"))
        let whole = read(start + "tracing: {endpoint: 'https://c.example/otlp/v1/traces', service_name: shop}")
        #expect(whole.settings?.tracing.url == "https://c.example/otlp/v1/traces")
        #expect(whole.settings?.tracing.service == "shop")
    }

    @Test(
        "mistakes in it are told, without the secret",
        arguments: [
            "{}", "{endpoint: collector}", "{endpoint: 'grpc://c:4317'}", "{endpoint: 'http://u:p@c:4318'}",
            "{endpoint: 'http://c:4318/?key=1'}", "{endpoint: 'http://c:4318', sample: 2}",
            "{endpoint: 'http://c:4318', sample: -0.1}", "{endpoint: 'http://c:4318', sample: often}",
            "{endpoint: 'http://c:4318', headers: {'X Y': s3cret}}",
            "{endpoint: 'http://c:4318', headers: {X: \"s3cret\\nA: b\"}}", "{endpoint: 'http://c:4318', header: {}}",
        ]
    )
    func tracingMistakes(tracing: String) {
        let text = """
            accounts: {main: {base_url: https://partner.example/api, api_key: pk_1, api_secret: "s"}}
            sources: {shop: {preset: shopify, secrets: ["s"]}}
            tracing: \(tracing)
            """
        let (settings, findings) = read(text)
        #expect(settings == nil)
        #expect(findings.count == 1 && !findings.joined().contains("s3cret"), "\(findings)")
    }

    @Test("what recipients write and what becomes of messages is read as it is written")
    func feedback() throws {
        let text = """
            accounts:
              main: {base_url: https://partner.example/api, api_key: pk_1, api_secret: "s", whatsapp_number_id: "106"}
            consent: {stop: [Ende], stop_marketing: [Kein Newsletter], start: [Los], without: [quit], stop_scope: all}
            sources:
              shop: {preset: shopify, secrets: ["s"]}
              partner:
                secrets: ["s"]
                statuses: {id: body.id, status: body.state, words: {DELIVRD: delivered}}
                inbound: {from: body.from, text: body.text}
            """
        let (settings, findings) = read(text)
        #expect(findings.isEmpty)
        let consent = try #require(settings?.consent)
        #expect(consent.scope == .all && consent.words.meaning(of: "ENDE!") == .stop)
        #expect(consent.words.meaning(of: "quit") == nil && consent.words.meaning(of: "los") == .start)
        #expect(settings?.accounts.map(\.numberID) == ["106"])
        #expect(settings?.linksReports == true && settings?.sources.first?.preset.feedback == nil)
        let places = try #require(settings?.sources.last?.preset.feedback)
        #expect(places.status?.words == ["DELIVRD": "delivered"] && places.inbound?.text == "body.text")
        let (_, mistakes) = read(text.replacing("delivered}", with: "there}").replacing("body.id,", with: "id,"))
        #expect(mistakes.count == 2 && mistakes[0].contains("'id'") && mistakes[1].contains("'there'"), "\(mistakes)")
    }

    @Test("is read whole, with paths from its own folder and secrets from everywhere")
    func complete() throws {
        let (settings, findings) = read(Self.complete)
        #expect(findings.isEmpty)
        let read = try #require(settings)
        #expect(read.listen == ListenAddress(host: "0.0.0.0", port: 9_000))
        #expect(read.adminListen == ListenAddress(host: "127.0.0.1", port: 9_001))
        #expect(read.store == .sqlite(path: "etc/data/outbox.db"))
        #expect(read.rules == "etc/my-rules")
        #expect(read.accounts.map(\.name) == ["main"])
        #expect(read.accounts.first?.rate == Rate(20, per: .seconds(1)))
        #expect(read.sources.map(\.path) == ["/hooks/razorpay"])
        #expect(read.sources.first?.secretLabels == ["HOOK", "old-secret", "older"])
        #expect(read.retention == .seconds(30 * 86_400))
        #expect(read.storeTimeout == .milliseconds(900))
        #expect(read.logFormat == .json)
    }

    @Test("reads paces, portfolios and limits over all rules, and says what is wrong with them (32, 49, 51)")
    func paces() throws {
        let text = """
            accounts:
              main: {base_url: https://partner.example/api, api_key: pk_1, api_secret: "s", number_rate: 20/s, pair_interval: 6s, pair_burst: 45}
              second: {base_url: https://partner.example/api, api_key: pk_2, api_secret: "s"}
              third: {base_url: https://partner.example/api, api_key: pk_3, api_secret: "s", pair_interval: 0s}
            portfolio:
              shop: {limit: 2000}
              other: {limit: 250, accounts: [third]}
              free: {limit: unlimited, accounts: [second]}
            limits:
              promotions: {count: 2, every: 7d, categories: [marketing]}
              calm: {per: account, on_exceed: defer, categories: [utility, service]}
            sources: {shop: {preset: shopify, secrets: ["s"]}}
            """
        let (settings, findings) = read(text)
        #expect(findings.isEmpty)
        #expect(settings?.accounts.map(\.pairInterval) == [.seconds(6), nil, nil])
        #expect(settings?.accounts.map(\.pairBurst) == [45, 1, 1])
        #expect(settings?.accounts.map(\.numberRate) == [Rate(20, per: .seconds(1)), nil, nil])
        #expect(settings?.portfolios.map(\.name) == ["shop", "other"])
        #expect(settings?.portfolios.map(\.recipients) == [2_000, 250])
        #expect(settings?.portfolios.map(\.accounts) == [["main"], ["third"]])
        let calm = SendLimit(count: 1, every: .seconds(86_400), scope: .account, excess: .defer)
        let limits = [
            NamedLimit(
                name: "promotions",
                limit: SendLimit(count: 2, every: .seconds(7 * 86_400)),
                categories: [.marketing]
            ),
            NamedLimit(name: "calm", limit: calm, categories: [.utility, .service]),
        ]
        #expect(settings?.limits == limits)
        let wrong = text.replacing("accounts: [third]", with: "accounts: [second, nobody]")
            .replacing("every: 7d", with: "every: 0s").replacing("limit: 2000", with: "limit: 1000")
        let messages = read(wrong).findings
        #expect(messages.contains { $0.contains("found a limit in no time at all") })
        #expect(messages.contains { $0.contains("'nobody', which is none of the configuration") })
        #expect(messages.contains { $0.contains("1000") && $0.contains("2000") })
    }

    @Test(
        "an account belongs to one portfolio, also where portfolios name none (51)",
        arguments: [
            ("{a: {limit: 250}, b: {limit: 2000}}", ["the portfolio 'b' has no accounts, and so has 'a'"]),
            ("{a: {limit: 250}, b: {limit: unlimited}}", ["the portfolio 'b' has no accounts, and so has 'a'"]),
            ("{a: {limit: 250, accounts: [main, main]}}", ["found the account 'main', which stands there twice"]),
            (
                "{a: {limit: 250, accounts: [main]}, b: {limit: 250, accounts: [main]}}",
                ["found the account 'main', which stands in two portfolios"]
            ),
            ("{a: {limit: 250, accounts: [main]}, b: {limit: 2000}}", []),
        ]
    )
    func portfolios(written: String, mistakes: [String]) {
        let (_, findings) = read(Self.complete + "\nportfolio: \(written)")
        #expect(findings.count == mistakes.count)
        for (finding, mistake) in zip(findings, mistakes) { #expect(finding.contains(mistake)) }
    }

    @Test("what masks and names is checked where it stands, and reads as it is meant")
    func masks() {
        let right = Self.complete.replacing("9001\"}", with: "9001\", hosts: [hookline.internal]}")
        let (settings, none) = read(right + "\nprivacy: {mask_numbers: true, mask_fields: [email, customer.note]}")
        #expect(none.isEmpty)
        #expect(settings?.adminHosts == ["hookline.internal"])
        #expect(
            settings?.privacy.maskedFields == [FieldPath(steps: ["email"]), FieldPath(steps: ["customer", "note"])]
        )
        for entry in ["customer..note", ".email", "email.", "a\\b"] {
            let (_, findings) = read(Self.complete + "\nprivacy: {mask_fields: [email, \(entry)]}")
            #expect(findings.count == 1, "\(entry)")
            #expect(findings.first?.contains("hookline.yaml:12:32: error: found '\(entry)'") == true, "\(findings)")
        }
        for host in ["https://hookline.internal", "hookline.internal:8081", "a/b"] {
            let (_, findings) = read(Self.complete.replacing("9001\"}", with: "9001\", hosts: ['\(host)']}"))
            #expect(findings.count == 1 && findings.first?.contains("expected a host's name") == true, "\(findings)")
        }
    }

    @Test("reads what is looked up for a source, one look-up or several")
    func lookUps() throws {
        let one = Self.complete.replacing(
            "country: IN}",
            with: "country: IN, enrich_for: 3d, enrich: {url: \"https://api.example.com/{{ id }}\", events: [paid]}}"
        )
        let (settings, findings) = read(one)
        #expect(findings.isEmpty)
        #expect(settings?.lookUps["razorpay"]?.period == .seconds(3 * 86_400))
        let several = one.replacing("enrich: {", with: "enrich: [{name: a, ").replacing(
            "events: [paid]}}",
            with: "headers: {X-Key: ${HOOK}}}, {name: b, url: \"https://api.example.com/{{ enriched.a.b }}\"}]}"
        )
        #expect(read(several).findings.isEmpty)
        #expect(try #require(read(several).settings).lookUps.keys.sorted() == ["razorpay"])
    }

    @Test("says what is wrong with a look-up, and where")
    func badLookUp() {
        let text = Self.complete.replacing(
            "country: IN}",
            with: "country: IN, enrich: {url: \"https://api.example.com/{{ id\", hosts: [\"*.com\"], tiemout: 3s}}"
        )
        let findings = read(text).findings
        #expect(findings.count == 3, "\(findings)")
        #expect(findings.allSatisfy { $0.hasPrefix("etc/hookline.yaml:7:") })
        #expect(findings.contains { $0.contains("tiemout") && $0.contains("timeout") })
        #expect(findings.contains { $0.contains("source 'razorpay': enrich: ") && $0.contains("*.com") })
    }

    @Test("does not print a secret however it is printed")
    func redacted() throws {
        let settings = try #require(read(Self.complete).settings)
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] {
            for secret in ["s3cret-value", "h00k-value", "0ld-value", "0lder-value"] {
                #expect(!text.contains(secret))
            }
        }
    }

    @Test("has all its mistakes reported at once, each with its place")
    func everyMistake() {
        let text = """
            listen: 8080
            stroe: sqlite:x.db
            store: mysql://db/hookline
            accounts:
              main: {base_url: http://partner.example, api_key: pk_1, api_secret: ${UNSET}, rate: fast}
            sources:
              shop: {preset: razorpya, secrets: ["x"]}
              other: {secrets: [file:nowhere]}
            """
        #expect(
            read(text).findings == [
                "etc/hookline.yaml:1:9: error: found '8080'; expected host:port, such as 127.0.0.1:8080 [invalid-value]",
                "etc/hookline.yaml:2:1: error: found the unknown key 'stroe'; expected a key of this configuration; did you mean 'store'? [unknown-key]",
                "etc/hookline.yaml:3:8: error: found a store of the kind 'mysql'; expected sqlite:PATH or postgres://USER@HOST/DATABASE [invalid-value]",
                "etc/hookline.yaml:5:20: error: account main: base_url is http; expected https, because credentials go there [invalid-value]",
                "etc/hookline.yaml:5:71: error: the environment has no UNSET; expected it to be set [invalid-value]",
                "etc/hookline.yaml:5:87: error: found 'fast'; expected messages a second, minute or hour, such as 20/s [invalid-value]",
                "etc/hookline.yaml:7:18: error: source 'shop': unknown preset 'razorpya'; did you mean 'razorpay'? [invalid-value]",
                "etc/hookline.yaml:8:21: error: the file 'etc/nowhere' of the secret cannot be read; expected its text [invalid-value]",
            ]
        )
    }

    @Test(
        "a variable that is not set, or empty, gives way to the text beside it",
        arguments: [
            ("${RATE:-7/s}", [:], "7/s"), ("${RATE:-7/s}", ["RATE": ""], "7/s"),
            ("${RATE:-7/s}", ["RATE": "9/s"], "9/s"),
            (#""${COUNT:-7}${UNIT:-/s}""#, ["UNIT": "/min"], "7/min"),
        ] as [(String, [String: String], String)]
    )
    func standIn(_ text: String, _ variables: [String: String], _ value: String) {
        let text = Self.complete.replacing("rate: 20/s", with: "rate: \(text)")
        let (settings, findings) = read(text, variables: Self.variables.merging(variables) { $1 })
        #expect(findings == [])
        #expect(settings?.accounts.first?.rate == Rate(value))
    }

    @Test("an account without an address is at the partner's, or with the sandbox's key at the sandbox of this machine")
    func addressLeftOut() {
        let text = Self.complete.replacing("base_url: https://partner.example/api/v1/public, ", with: "")
        let sandboxed = text.replacing("api_key: pk_1", with: "api_key: pk_sandbox000000000000000000000000000000000")
        let addresses = [text, sandboxed].map { read($0).settings?.accounts.map(\.partner.baseURL) }
        #expect(addresses == [["https://app.instawave.store/api/v1/public"], ["http://127.0.0.1:9090/api/v1/public"]])
    }

    @Test("refuses an empty secret wherever it comes from", arguments: [#"" ""#, "${EMPTY}", "file:empty"])
    func emptySecret(_ secret: String) {
        let text = Self.complete.replacing("${HOOK}", with: secret)
        let environment = SettingsEnvironment(variables: Self.variables.merging(["EMPTY": " "]) { $1 }) { path in
            if path == "etc/empty" { return Array("\n".utf8) }
            return path == "etc/hookline.yaml" ? Array(text.utf8) : Self.files[path].map { Array($0.utf8) }
        }
        var reader = SettingsReader(path: "etc/hookline.yaml", environment: environment)
        let (settings, diagnostics) = reader.read()
        #expect(settings == nil)
        #expect(
            diagnostics.map(\.message) == [
                "the secret is empty; expected a text, ${ENV}, file:PATH or credential:NAME"
            ]
        )
    }

    @Test("warns of a path that its sender does not accept")
    func refusedPath() throws {
        let text = Self.complete.replacing(
            "razorpay: {preset: razorpay,",
            with: "parcels: {preset: shiprocket, path: /in/sr,"
        )
        let (settings, findings) = read(text)
        #expect(settings?.sources.map(\.path) == ["/in/sr"])
        #expect(
            findings == [
                "etc/hookline.yaml:7:39: warning: source 'parcels': '/in/sr' holds 'sr'; Shiprocket takes no address with shiprocket, kartrocket, sr or kr in it; expected one such as /in/parcels [refused-address]"
            ]
        )
    }

    @Test(
        "a source's country may be any code or name that a rule's may be",
        arguments: ["IN", "in", "IND", "India", "UK", "भारत"]
    )
    func countries(_ country: String) {
        let (settings, findings) = read(Self.complete.replacing("country: IN}", with: "country: \(country)}"))
        #expect(findings == [])
        #expect(settings?.sources.first?.country == (country == "UK" ? "GB" : "IN"))
    }

    @Test(
        "a source's country that nobody knows is told with what was meant",
        arguments: [
            ("Indai", "; did you mean 'IN', India?"), ("91", "; write 'IN', or '+91' for the calling code"), ("XX", ""),
        ]
    )
    func unknownCountry(_ country: String, _ hint: String) {
        #expect(
            read(Self.complete.replacing("country: IN}", with: "country: \(country)}")).findings == [
                "etc/hookline.yaml:7:96: error: found '\(country)'; expected a country, such as 'IN' or 'India'\(hint) [invalid-value]"
            ]
        )
    }

    @Test("a source's country as a calling code is told by its code: the file itself says which numbering plans hold")
    func callingCode() {
        #expect(
            read(Self.complete.replacing("country: IN}", with: "country: +91}")).findings == [
                "etc/hookline.yaml:7:96: error: found '+91'; expected a country's code or name; write 'IN' [invalid-value]"
            ]
        )
    }

    @Test("lets no two sources share a path")
    func uniquePaths() {
        let text = Self.complete.replacing("country: IN}", with: "path: /in}\n  two: {secrets: [\"x\"], path: /in}")
        #expect(
            read(text).findings == [
                "etc/hookline.yaml:8:3: error: source 'two' has the path /in, which source 'razorpay' has already; expected another path [conflicting-keys]"
            ]
        )
    }

    @Test("keeps the paths below /api/, and the name api, for the partner API")
    func keptForTheAPI() {
        let text = Self.complete.replacing(
            "country: IN}",
            with: "path: /api/v1/in}\n  api: {secrets: [\"x\"]}\n  apiary: {secrets: [\"x\"], path: /apiary}"
        )
        #expect(
            read(text).findings == [
                "etc/hookline.yaml:7:3: error: source 'razorpay' has the path /api/v1/in, which the partner API has already; expected another path [conflicting-keys]",
                "etc/hookline.yaml:8:3: error: the source 'api' would be taken for the partner API's own; expected another name [conflicting-keys]",
            ]
        )
    }

    @Test("that is missing is said to be missing")
    func missing() {
        var reader = SettingsReader(path: "nowhere.yaml", environment: SettingsEnvironment(variables: [:]) { _ in nil })
        #expect(
            reader.read().diagnostics.map(\.description) == [
                "nowhere.yaml:1:1: error: the configuration cannot be read; expected a file [file-unreadable]"
            ]
        )
    }
}
