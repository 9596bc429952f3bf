// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What people see: the text and the exit code of every command, held against files.
@Suite("The command line", .timeLimit(.minutes(10)))
struct CommandTests {
    /// A run and the name of its snapshot.
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let arguments: [String]
        var input = ""

        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "help", arguments: ["--help"]),
        Row(name: "no-such-command", arguments: ["sevre"]),
        Row(name: "serve-with-a-broken-configuration", arguments: ["serve", "--config", "broken.yaml"]),
        Row(name: "serve-without-configuration", arguments: ["serve"]),
        Row(
            name: "server-over-http",
            arguments: ["messages", "list", "--server", "http://hookline.internal:8081", "--token-file", "order.json"]
        ),
        Row(name: "store-copy-of-two-files", arguments: ["store", "copy", "sqlite:a.db", "sqlite:b.db"]),
        Row(
            name: "store-copy-of-nothing",
            arguments: ["store", "copy", "sqlite:none.db", "postgres://shop:geheim@db.internal/shop", "--dry-run"]
        ),
        Row(
            name: "store-copy-to-no-address",
            arguments: ["store", "copy", "sqlite:none.db", "postgres://shop:geheim@db.internal:port/%zz"]
        ),
        Row(
            name: "store-copy-anew-and-verify-only",
            arguments: ["store", "copy", "sqlite:a.db", "postgres://shop@db.internal/shop", "--anew", "--verify-only"]
        ),
        Row(name: "rules-check-mistakes", arguments: ["rules", "check", "mistakes.yaml"]),
        Row(name: "rules-check-mistakes-json", arguments: ["rules", "check", "--format", "json", "mistakes.yaml"]),
        Row(name: "rules-check-mistakes-github", arguments: ["rules", "check", "--format", "github", "mistakes.yaml"]),
        Row(
            name: "rules-check-templates",
            arguments: ["rules", "check", "--templates", "templates.json", "orders.yaml"]
        ),
        Row(name: "rules-test-failing", arguments: ["rules", "test", "orders.yaml"]),
        Row(name: "rules-test-failing-json", arguments: ["rules", "test", "--json", "orders.yaml"]),
        Row(
            name: "explain-match",
            arguments: [
                "explain", "order.json", "--source", "shop", "--rules", "orders.yaml", "--templates", "templates.json",
            ]
        ),
        Row(name: "explain-sends", arguments: ["explain", "order.json", "--source", "shop", "--rules", "orders.yaml"]),
        Row(
            name: "explain-no-match",
            arguments: ["explain", "-", "--source", "shop", "--rules", "orders.yaml"],
            input: #"{"type":"order.paid","total":"12.00","customer":{"phone":"9845061237"}}"#
        ),
        Row(
            name: "explain-refused",
            arguments: ["explain", "-", "--source", "shop", "--rules", "orders.yaml"],
            input: #"{"type":"order.paid","total":"1200.00","customer":{"phone":"555-SHIP"}}"#
        ),
        Row(
            name: "explain-batch",
            arguments: ["explain", "-", "--source", "shop", "--preset", "quickbooks", "--rules", "orders.yaml"],
            input:
                #"[{"id":"1","type":"order.paid","total":"12.00"},{"id":"2","type":"order.shipped","customer":{"phone":"9845061237"},"tracking":"T1"}]"#
        ),
        Row(
            name: "explain-not-json",
            arguments: ["explain", "-", "--source", "shop", "--rules", "orders.yaml"],
            input: "{\n  \"type\": \"order.paid\",\n  \"total\": 12.\n}"
        ),
        Row(name: "explain-empty", arguments: ["explain", "empty.json", "--source", "shop", "--rules", "orders.yaml"]),
        Row(name: "render-empty", arguments: ["render", "{{ total }}", "empty.json"]),
        Row(name: "render-no-file", arguments: ["render", "{{ total }}", "no-such.json"]),
        Row(name: "render", arguments: ["render", "{{ total | money: 'INR' }} for {{ customer.name }}", "order.json"]),
        Row(name: "render-undefined", arguments: ["render", "Hello {{ nobody }},", "order.json"]),
        Row(name: "render-mistake", arguments: ["render", "{{ total | mony }}", "order.json"]),
        Row(
            name: "render-lines",
            arguments: ["render", "--lines", "--lax"],
            input: """
                {"template":"{{ 0.1 | plus: 0.2 }}","data":{}}
                {"template":"[{{ missing }}]"}
                {"template":"{% if %}"}
                no JSON
                """
        ),
        Row(name: "match-no", arguments: ["match", #"{"total": [{"gte": 5000}]}"#, "order.json"]),
        Row(name: "match-yes", arguments: ["match", #"{"total": [{"gte": 500}]}"#, "order.json"]),
        Row(name: "match-mistake", arguments: ["match", #"{"total": [{"prefx": "1"}]}"#, "order.json"]),
        Row(
            name: "match-lines",
            arguments: ["match", "--lines"],
            input: """
                {"pattern":{"a":["x"]},"event":{"a":["y","x"]}}
                {"pattern":{"a":[1]},"event":{"a":"1"}}
                {"pattern":{"a":[]},"event":{}}
                """
        ),
        Row(
            name: "sign",
            arguments: ["sign", "--config", "fine.yaml", "--source", "razorpay", "--id", "evt-1", "order.json"]
        ),
        Row(
            name: "sign-unknown-source",
            arguments: ["sign", "--config", "fine.yaml", "--source", "rzp", "order.json"]
        ),
        Row(name: "post-help", arguments: ["help", "post"]),
        Row(
            name: "sign-preset",
            arguments: ["sign", "--preset", "github", "--secret", "s", "--type", "push", "--id", "1", "order.json"]
        ),
        Row(
            name: "sign-type-in-body",
            arguments: ["sign", "--preset", "generic", "--secret", "s", "--id", "1", "-"],
            input: #"{"type":"order.paid"}"#
        ),
        Row(
            name: "sign-type-nowhere",
            arguments: ["sign", "--preset", "generic", "--secret", "s", "--id", "1", "-"],
            input: #"{"kind":"order.paid"}"#
        ),
        Row(
            name: "sign-preset-form",
            arguments: ["sign", "--preset", "payu", "--secret", "salt", "-"],
            input: #"{"status":"success","email":"meera@example.com","amount":499.00,"txnid":"T&1","key":"k"}"#
        ),
        Row(
            name: "sign-preset-query",
            arguments: ["sign", "--preset", "odoo", "--secret", "a+b", "order.json"]
        ),
        Row(
            name: "sign-preset-configured",
            arguments: ["sign", "--config", "fine.yaml", "--preset", "razorpay", "--id", "evt-1", "order.json"]
        ),
        Row(
            name: "sign-preset-not-configured",
            arguments: ["sign", "--config", "fine.yaml", "--preset", "stripe", "order.json"]
        ),
        Row(name: "sign-preset-without-secret", arguments: ["sign", "--preset", "stripe", "order.json"]),
        Row(name: "sign-preset-inimitable", arguments: ["sign", "--preset", "paypal", "order.json"]),
        Row(name: "sign-preset-without-key", arguments: ["sign", "--preset", "adobe-commerce", "order.json"]),
        Row(name: "sign-unknown-preset", arguments: ["sign", "--preset", "strip", "--secret", "s", "order.json"]),
        Row(name: "sign-source-and-preset", arguments: ["sign", "--source", "a", "--preset", "stripe", "order.json"]),
        Row(
            name: "consent-import",
            arguments: ["consent", "import", "-", "--config", "fine.yaml", "--country", "IN"],
            input: "phone,state,category\n98450 61237,opted-out,marketing\n555-SHIP,opted-out,\n98450 61238,gone,\n"
        ),
        Row(
            name: "consent-import-apply",
            arguments: ["consent", "import", "-", "--config", "fine.yaml", "--apply"],
            input: "phone,state\n+91 98450 61237,opted-out\n555-SHIP,opted-out\n"
        ),
        Row(name: "messages-cancel-ids-and-rate", arguments: ["messages", "cancel", "msg_1", "--rate", "5"]),
        Row(name: "events-replay-ids-and-filters", arguments: ["events", "replay", "evt_1", "--source", "shop"]),
        Row(name: "messages-without-store", arguments: ["messages", "list", "--config", "fine.yaml"]),
        Row(name: "messages-wrong-state", arguments: ["messages", "list", "--state", "done"]),
        Row(name: "send-both", arguments: ["send", "--to", "919845061237", "--template", "a", "--text", "b"]),
        Row(
            name: "send-bad-number",
            arguments: ["send", "--config", "fine.yaml", "--to", "+919845061237", "--text", "hello"]
        ),
        Row(name: "sandbox-bad-fault", arguments: ["sandbox", "--fail", "often"]),
    ]

    @Test("says what it always says", arguments: rows)
    func snapshot(_ row: Row) async throws {
        let run = try await hookline(row.arguments, input: row.input)
        try expectSnapshot(run.transcript, row.name)
    }

    @Test("init writes what only its owner may read of secrets, and changes nothing that is there")
    func beginning() async throws {
        let folder = try TemporaryFolder()
        let first = try await hookline(["init", "--preset", "stripe", folder.path("shop")])
        #expect(first.exitCode == 0)
        #expect(first.output.contains("\n  cd \(folder.path("shop")) && hookline dev\n"))
        let secret = folder.path("shop/secrets/stripe")
        let attributes = try FileManager.default.attributesOfItem(atPath: secret)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let before = try #require(FileManager.default.contents(atPath: secret))
        #expect(!first.output.contains(String(decoding: before, as: UTF8.self)))
        let second = try await hookline(["init", "--preset", "razorpay", folder.path("shop")])
        #expect(second.exitCode == 74)
        #expect(second.errors.contains("shop/hookline.yaml: is there already; expected a folder without it\n"))
        #expect(FileManager.default.contents(atPath: secret) == before)
        #expect(!FileManager.default.fileExists(atPath: folder.path("shop/rules/razorpay.yaml")))
        let unknown = try await hookline(["init", "--preset", "strype", folder.path("other")])
        #expect(unknown.exitCode == 65)
        #expect(unknown.errors.contains("did you mean 'stripe'?"))
    }
}
