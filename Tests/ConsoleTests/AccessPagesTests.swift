// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import Messages
import Outbox
import Presentation
import TestSupport
import Testing

@testable import Console

@Suite("The console's pages of access, consent and rehearsals", .timeLimit(.minutes(10)))
struct AccessPagesTests {
    private let token = [
        "name": "grafana <b>", "scope": "operate", "pii": "yes", "expires": "30d", "reason": "for the wall",
        "once": "1",
    ]

    /// The tokens' texts on a page.
    private func secrets(_ page: String) -> [String] {
        page.matches(of: /hk_[roa]_[0-9A-Za-z]{20,}/).map { String($0.output) }
    }

    @Test("a token that was made is shown once, in the answer to its form, and nowhere else")
    func newToken() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "admin+pii")
            #expect(try await browser.get("access/tokens/new").page.contains("<option value=\"yes\">Yes</option>"))
            let made = try await browser.post("access/tokens/new", token)
            #expect(made.status == 200 && made.place == nil)
            #expect(made.headers[.cacheControl] == "no-store")
            let secret = try #require(secrets(made.page).first)
            #expect(secrets(made.page) == [secret] && secret.hasPrefix("hk_o_"))
            let again = try await browser.post("access/tokens/new", token)
            #expect(again.status == 200 && secrets(again.page).isEmpty)
            #expect(again.page.contains("is told to nobody again"))
            let list = try await browser.get("access").page
            #expect(
                secrets(list).isEmpty && list.contains("grafana &lt;b&gt;")
                    && list.contains("sees numbers and payloads")
            )
            #expect(try await test.store.tokens().filter { $0.name == "grafana <b>" }.count == 1)
            var other = test.browser()
            #expect(try await other.post("login", ["token": secret]).status == 303)
            let audit = try await browser.get("audit?action=tokens.create").page
            #expect(audit.contains("for the wall") && secrets(audit).isEmpty)
        }
    }

    @Test("a token without a reason or of a name that another has is not made, and nobody gives more than they have")
    func noToken() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "admin")
            #expect(try await !browser.get("access/tokens/new").page.contains("value=\"yes\""))
            #expect(try await browser.post("access/tokens/new", token).status == 403)
            let count = try await test.store.tokens().count
            let nameless = try await browser.post("access/tokens/new", ["pii": "no", "reason": "x"])
            #expect(nameless.status == 400 && nameless.page.contains("&#39;name&#39; is a string that does not fit"))
            let silent = try await browser.post("access/tokens/new", ["name": "a", "pii": "no"])
            #expect(silent.status == 422 && silent.page.contains("Say why"))
            let taken = ["name": "read", "pii": "no", "reason": "x", "expires": "never"]
            let refused = try await browser.post("access/tokens/new", taken)
            #expect(
                refused.status == 409 && refused.page.contains("there is a live token named &#39;read&#39; already")
            )
            #expect(try await test.store.tokens().count == count)
            var reader = try await test.browser(as: "operate+pii")
            #expect(try await reader.get("access").status == 403)
            #expect(try await !reader.get("").page.contains("#i-access"))
        }
    }

    @Test("a token is revoked with a reason, and whoever revokes their own is signed out")
    func revoke() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "admin")
            let own = try #require(test.tokens["admin"]).token
            let other = try #require(test.tokens["read"]).token
            #expect(try await browser.get("access/tokens/\(other.id)/revoke").page.contains("<p>read</p>"))
            let revoked = try await browser.post("access/tokens/\(other.id)/revoke", ["reason": "lost"])
            #expect(revoked.place == "../../../access")
            let page = try await browser.get("access").page
            #expect(page.contains("It is revoked.") && !page.contains("tokens/\(other.id)/revoke"))
            #expect(try await browser.get("access/tokens/none/revoke").status == 404)
            #expect(try await browser.get("access/tokens/\(own.id)/revoke").page.contains("you are signed out"))
            _ = try await browser.post("access/tokens/\(own.id)/revoke", ["reason": "done"])
            #expect(try await browser.get("access").place?.contains("login") == true)
        }
    }

    @Test("a key of the partner API is made with its secret shown once, and revoked")
    func key() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "admin")
            #expect(try await browser.get("access").page.contains("No key yet."))
            let form = ["label": "billing", "account": "main", "reason": "the invoices", "once": "2"]
            let made = try await browser.post("access/keys/new", form)
            let key = try #require(try await test.store.apiKeys().first)
            #expect(made.status == 200 && made.page.contains("<code class=\"copy\" tabindex=\"0\">\(key.id)</code>"))
            #expect(
                made.page.contains("It is shown this once") && made.page.split(separator: "class=\"copy\"").count == 3
            )
            #expect(try await browser.get("access").page.contains("href=\"./access/keys/\(key.id)/revoke\""))
            _ = try await browser.post("access/keys/\(key.id)/revoke", ["reason": "moved"])
            #expect(try await test.store.apiKeys().first?.revokedAt != nil)
            #expect(try await browser.get("access/keys/none/revoke").status == 404)
        }
    }

    @Test("tokens and keys come in pages, the newest first")
    func pages() async throws {
        try await withConsole { test in
            for number in 0..<60 {
                let now = test.clock.now.advanced(by: .seconds(number + 1))
                let issued = IssuedKey(label: "app \(number)!", account: nil, at: now)
                _ = try await test.store.carryOut(
                    OperatorAction(.addKey(issued.key), by: Operator(.user, "asha"), at: now)
                )
                let token = IssuedToken(
                    name: "person \(number)!",
                    scope: .read,
                    seesPersonalData: false,
                    lifetime: nil,
                    at: now
                )
                _ = try await test.store.carryOut(
                    OperatorAction(.addToken(token.token), by: Operator(.user, "a"), at: now)
                )
            }
            var browser = try await test.browser(as: "admin")
            let first = try await browser.get("access")
            #expect(first.page.contains("<b>person 59!</b>") && !first.page.contains("<b>person 9!</b>"))
            #expect(first.page.contains("<b>app 59!</b>") && !first.page.contains("<b>app 39!</b>"))
            #expect(first.body.count < 60_000 && first.page.contains("href=\"./access/keys\""))
            let next = try #require(first.page.firstMatch(of: /href="\.\/(access\?after=[0-9]+)" rel="next"/))
            let second = try await browser.get(String(next.output.1)).page
            #expect(second.contains("<b>person 9!</b>") && second.contains("<b>read</b>") && !second.contains("app 59"))
            let keys = try await browser.get("access/keys").page
            #expect(
                keys.contains("<b>app 59!</b>") && keys.contains("<b>app 10!</b>") && !keys.contains("<b>app 9!</b>")
            )
            let older = try #require(keys.firstMatch(of: /href="\.\.\/(access\/keys\?after=[0-9]+)" rel="next"/))
            #expect(try await browser.get(String(older.output.1)).page.contains("<b>app 9!</b>"))
        }
    }

    @Test("what may be meant as a STOP waits for a person, who reads it and decides")
    func doubts() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "operate+pii")
            #expect(try await browser.get("consent?view=doubtful").page.contains("Nothing is in doubt."))
            #expect(try await browser.get("consent?view=suggested").page.contains("Every number is reached."))
            let said = Heard(
                "phone:919812345670",
                account: "main",
                at: test.clock.now,
                source: "shop",
                .message(.doubtful, text: hostile)
            )
            let submission = Make.submission(sideEffects: SideEffects(heard: [said]), at: test.clock.now)
            _ = try await test.store.accept(submission)
            let page = try await browser.get("consent?view=doubtful").page
            #expect(page.contains("+919812345670") && page.contains(VisibleHTML().escapeText(hostile)))
            #expect(page.contains("href=\"./consent/add?phone=%2B919812345670&amp;view=doubtful\""))
            let place = "consent/add?phone=%2B919812345670&view=doubtful"
            #expect(try await browser.get(place).page.contains("value=\"+919812345670\""))
            let fields = ["phone": "+919812345670", "category": "all", "reason": "they meant it"]
            #expect(try await browser.post(place, fields).place == "../consent?view=doubtful")
            #expect(try await browser.get("consent?view=doubtful").page.contains("Nothing is in doubt."))
            #expect(try await browser.get("consent").page.contains("they meant it"))
            var masked = try await test.browser(as: "operate")
            #expect(try await masked.get("consent?view=doubtful").page.contains("nobody decides blindly"))
        }
    }

    @Test("a rule is rehearsed over the events that are kept, and the page says in words what would differ")
    func backtest() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "operate+pii")
            #expect(try await browser.get("rules/order-paid").page.contains("href=\"../rules/order-paid/backtest\""))
            let form = try await browser.get("rules/order-paid/backtest").page
            #expect(form.contains("<option value=\"7\" selected>") && !form.contains("What it comes to"))
            let page = try await browser.post("rules/order-paid/backtest", ["days": "1"]).page
            #expect(
                page.contains(
                    "It would have sent 3 messages as they were, 1 more that did not leave, 1 with other words. "
                        + "2 messages that left would not have. Of 1 nobody knows: what decides about them is not kept any more."
                )
            )
            let since = test.clock.now.advanced(by: .seconds(-86_400)).rfc3339
            #expect(page.contains("11 of 12 events were rehearsed, from <time datetime=\"\(since)\">"))
            #expect(page.contains("It stopped there") && page.contains("And 4 more that differ."))
            #expect(page.contains("<del dir=\"auto\">\(VisibleHTML().escapeText(hostile))</del>"))
            #expect(try await browser.post("rules/none/backtest", ["days": "7"]).status == 404)
            var masked = try await test.browser(as: "operate")
            #expect(try await masked.get("rules/order-paid/backtest").page.contains("a rehearsal shows texts"))
            #expect(try await masked.post("rules/order-paid/backtest", ["days": "7"]).status == 403)
        }
    }
}
