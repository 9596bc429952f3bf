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

@Suite("Who is signed in to the console", .timeLimit(.minutes(10)))
struct SessionTests {
    @Test("whoever shows a live token is signed in, and led back to where they wanted")
    func signIn() async throws {
        try await withConsole { test in
            var browser = test.browser()
            #expect(try await browser.get("messages?state=failed").place == "./login?then=messages%3Fstate%3Dfailed")
            let token = try #require(test.tokens["operate"])
            let reply = try await browser.post(
                "login",
                ["token": " \(token.text.secret)\n", "then": "messages?state=failed"]
            )
            #expect(reply.status == 303)
            #expect(reply.place == "./messages?state=failed")
            let cookie = try #require(reply.headers[.setCookie])
            #expect(
                cookie.hasPrefix("hookline=") && cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800")
            )
            #expect(!cookie.contains(token.text.secret))
            #expect(try await browser.get("messages").status == 200)
        }
    }

    @Test("over HTTPS the cookie has the prefix that only HTTPS can set, and counts under no other name")
    func secureCookie() async throws {
        try await withConsole { test in
            var browser = test.browser()
            browser.headers["Origin"] = "https://hookline.internal"
            browser.host = "hookline.internal"
            let token = try #require(test.tokens["read"])
            let reply = try await browser.post("login", ["token": token.text.secret])
            let cookie = try #require(reply.headers[.setCookie])
            #expect(cookie.hasPrefix("__Host-hookline=") && cookie.hasSuffix("; Secure"))
            #expect(try await browser.get("messages").status == 200)
            browser.cookie = browser.cookie.map { $0.replacing("__Host-", with: "") }
            #expect(try await browser.get("messages").status == 303)
        }
    }

    @Test("by HTTPS as the listener tells it the cookie is the same; a header that anybody may send makes none of it")
    func secureListener() async throws {
        try await withConsole { test in
            let token = try #require(test.tokens["read"])
            var browser = test.browser()
            browser.headers["X-Forwarded-Proto"] = "https"
            let plain = try await browser.post("login", ["token": token.text.secret])
            #expect(plain.headers[.setCookie]?.hasPrefix("hookline=") == true)
            var other = test.browser()
            other.comesByHTTPS = true
            let secure = try await other.post("login", ["token": token.text.secret])
            #expect(secure.headers[.setCookie]?.hasPrefix("__Host-hookline=") == true)
        }
    }

    @Test("what is no live token signs nobody in, and is told so")
    func wrongToken() async throws {
        try await withConsole { test in
            let secret = try #require(test.tokens["admin"]).text.secret
            for text in ["", "hk_a_", String(secret.dropLast()), secret.lowercased(), hostile] {
                var browser = test.browser()
                let reply = try await browser.post("login", ["token": text])
                #expect(reply.status == 401)
                #expect(reply.headers[.setCookie] == nil)
                #expect(reply.page.contains("No live token has this text"))
                #expect(!reply.page.contains(secret))
            }
        }
    }

    @Test("a way back leads nowhere but below the console")
    func wayBack() {
        for place in [
            "https://evil.example", "//evil.example", "/metrics", "../api", "a/../../x", "javascript:alert(1)", "a\\b",
            "é", "", "messages/%2e%2e/x", "messages/.%2E/x", "a%2Fb",
        ] {
            #expect(Console.safe(place) == "", "\(place)")
        }
        #expect(
            Console.safe("messages?state=failed&since=2026-01-15T00:00:00Z")
                == "messages?state=failed&since=2026-01-15T00:00:00Z"
        )
    }

    @Test("a session ends when its token is revoked, from the next request on")
    func revoked() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "admin+pii")
            #expect(try await browser.get("audit-or-not").status == 404)
            let token = try #require(test.tokens["admin+pii"]).token
            let action = OperatorAction(.revokeToken(token.id), by: Operator(.user, "asha"), at: test.clock.now)
            _ = try await test.store.carryOut(action)
            #expect(try await browser.get("messages").place == "./login?then=messages")
        }
    }

    @Test("a session ends twelve hours after its last use, and a week after its beginning", arguments: [true, false])
    func ends(_ isUsed: Bool) async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "read")
            guard isUsed else {
                await test.clock.advance(by: Sessions.idle)
                #expect(try await browser.get("messages").status == 303)
                return
            }
            for _ in 0..<15 {
                await test.clock.advance(by: .seconds(11 * 3_600))
                #expect(try await browser.get("messages").status == 200)
            }
            await test.clock.advance(by: .seconds(3 * 3_600))
            #expect(try await browser.get("messages").status == 303)
        }
    }

    @Test("signing out ends the session on the server, whoever kept the cookie")
    func signOut() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "read")
            let kept = browser.cookie
            let reply = try await browser.post("logout")
            #expect(reply.place == "./login?out=1")
            #expect(reply.headers[.setCookie]?.hasPrefix("hookline=; ") == true)
            browser.cookie = kept
            #expect(try await browser.get("messages").status == 303)
        }
    }

    @Test("a form that another site sends changes nothing: by what the browser says of it, else by its origin")
    func crossSite() async throws {
        try await withConsole { test in
            let id = try await test.message()
            let signedIn = try await test.browser(as: "operate+pii")
            let refused: [[String: String]] = [
                ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site", "Origin": "http://localhost:8081"],
                ["Sec-Fetch-Site": "none"], [:], ["Origin": "null"], ["Origin": "http://localhost:8082"],
                ["Origin": "http://evil.example"], ["Origin": "http://localhost:8081.evil.example"],
            ]
            for headers in refused {
                var browser = signedIn
                browser.headers = headers
                #expect(try await browser.post("messages/\(id)/cancel", ["reason": "x"]).status == 403, "\(headers)")
                #expect(try await browser.post("logout").status == 403)
                let token = try #require(test.tokens["read"]).text.secret
                #expect(try await browser.post("login", ["token": token]).status == 403)
            }
            #expect(try await test.store.message(id)?.message.state == .scheduled)
            var plain = signedIn
            plain.headers = ["Origin": "http://localhost:8081"]
            #expect(try await plain.post("messages/\(id)/cancel", ["reason": "x"]).status == 303)
        }
    }

    @Test("a link on another site leads to a page that asks again, with the cookie this time")
    func arrival() async throws {
        try await withConsole { test in
            var browser = test.browser()
            browser.headers = ["Sec-Fetch-Site": "cross-site"]
            let reply = try await browser.get("messages")
            #expect(reply.status == 200)
            #expect(reply.page.contains(#"<meta http-equiv="refresh" content="0">"#))
        }
    }

    @Test("a name that the service does not go by gets nothing, signed in or not")
    func rebinding() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "read")
            browser.host = "evil.example"
            for place in ["", "messages", "login", "console.css", "console.js", "no/such/page"] {
                let reply = try await browser.get(place)
                #expect(reply.status == 421 && reply.page.contains("admin.hosts"), "\(place)")
            }
            let token = try #require(test.tokens["read"]).text.secret
            browser.cookie = nil
            #expect(try await browser.post("login", ["token": token]).status == 421)
        }
    }

    @Test("guesses and pages count against the rates of the API")
    func rate() async throws {
        try await withConsole(rate: Rate(3, per: .seconds(60))) { test in
            var browser = try await test.browser(as: "read")
            for _ in 0..<2 { #expect(try await browser.get("messages").status == 200) }
            let reply = try await browser.get("messages")
            #expect(reply.status == 429)
            #expect(reply.headers[.retryAfter] != nil)
            var guesser = test.browser()
            for _ in 0..<3 { #expect(try await guesser.post("login", ["token": "hk_r_x"]).status == 401) }
            #expect(try await guesser.post("login", ["token": "hk_r_x"]).status == 429)
        }
    }

    @Test("one token ends nobody else's sessions, but of more than twenty of its own the one used least lately")
    func mostOfToken() {
        let (sessions, start) = (Sessions(), TestClock().now)
        let other = sessions.begin([1], isSecure: false, at: start)
        let texts = (0...Sessions.mostOfToken).map { second in
            sessions.begin([2], isSecure: false, at: start.advanced(by: .milliseconds(second + 1)))
        }
        let now = start.advanced(by: .seconds(2))
        #expect(sessions.find(texts[0], isSecure: false, at: now) == nil)
        #expect(([other] + texts.dropFirst()).allSatisfy { sessions.find($0, isSecure: false, at: now) != nil })
    }

    @Test("what the script asks does not keep a session")
    func scriptKeepsNothing() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "read")
            await test.clock.advance(by: .seconds(11 * 3_600))
            #expect(try await browser.get("messages/new").status == 200)
            await test.clock.advance(by: .seconds(2 * 3_600))
            #expect(try await browser.get("messages").status == 303)
        }
    }

    @Test("more sessions than a thousand end those that were used least lately")
    func most() {
        let (sessions, start) = (Sessions(), TestClock().now)
        let texts = (0...Sessions.most).map { second in
            sessions.begin(
                [UInt8(second % 250), UInt8(second / 250)],
                isSecure: false,
                at: start.advanced(by: .milliseconds(second))
            )
        }
        let now = start.advanced(by: .seconds(2))
        #expect(sessions.find(texts[0], isSecure: false, at: now) == nil)
        #expect(texts.dropFirst().allSatisfy { sessions.find($0, isSecure: false, at: now) != nil })
        #expect(Set(texts).count == texts.count)
    }
}
