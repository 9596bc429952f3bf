// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import AdminAPI
import Events
import HTTPTypes
import HTTPValues
import Messages
import Outbox
import TestSupport
import Testing

@testable import Console

@Suite("The frame of the console", .timeLimit(.minutes(10)))
struct FrameTests {
    /// The path of a page with something in its named parts.
    private func place(_ screen: Screen, id: String = "none") -> String {
        screen.path.names.reduce(screen.path.description) {
            $0.replacing("{\($1)}", with: $1 == "action" ? "cancel" : id)
        }
    }

    @Test("every page lets in the scopes that it names and those above, and nobody without a session")
    func scopes() async throws {
        try await withConsole { test in
            for screen in Screens.all {
                var stranger = test.browser()
                #expect(try await stranger.get(place(screen)).place?.contains("login?then=") == true, "\(screen.path)")
                #expect(try await stranger.post(place(screen)).place?.hasSuffix("login") == true)
                for scope in AccessScope.allCases {
                    var browser = try await test.browser(as: scope.rawValue)
                    let isLetIn = try await browser.get(place(screen)).status != 403
                    #expect(isLetIn == (scope >= screen.scope), "\(screen.path) as \(scope)")
                    let reply = try await browser.post(place(screen))
                    let hasForm = screen.act != nil || screen.showsForm
                    let known = scope < screen.scope ? [403] : hasForm ? [200, 303, 404, 422] : [405]
                    #expect(known.contains(reply.status), "\(screen.path) as \(scope): \(reply.status)")
                }
            }
        }
    }

    @Test("every answer allows our own style and script alone, and is not kept")
    func headers() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "read")
            let large = String(repeating: "x", count: 70_000)
            var replies = [try await browser.ask(.put, "messages", ""), try await browser.ask(.post, "login", large)]
            for place in [
                "", "login", "messages", "messages/none", "no/such/page", "messages/%ff", "live", "messages/new",
            ] {
                replies.append(try await browser.get(place))
            }
            for reply in replies {
                #expect(
                    reply.headers[.contentSecurityPolicy]
                        == "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
                )
                #expect(reply.headers[.cacheControl] == "no-store")
                #expect(reply.headers[.xContentTypeOptions] == "nosniff")
                #expect(!reply.page.contains(" style=") && !reply.page.contains(" onclick="))
            }
        }
    }

    @Test("style and script are small, come without a session, and under an address that changes with them")
    func assets() async throws {
        try await withConsole { test in
            let assets = test.console.assets
            #expect(assets.script.bytes.count <= 15 * 1_024)
            #expect(assets.script.bytes.count + assets.style.bytes.count <= 40 * 1_024)
            var browser = test.browser()
            let page = try await browser.get("login").page
            #expect(page.contains("href=\"./console.css?v=\(assets.style.version)\""))
            #expect(page.contains("src=\"./console.js?v=\(assets.script.version)\""))
            let style = try await browser.get("console.css?v=\(assets.style.version)")
            #expect(style.body == assets.style.bytes)
            browser.headers["If-None-Match"] = style.headers[.eTag]
            #expect(try await browser.get("console.css").status == 304)
            #expect(try await browser.get("console.js").status == 200)
        }
    }

    @Test("no template shows a text without escaping it, or has a style or script in it")
    func templates() {
        for (name, bytes) in Screens.templates {
            let text = String(decoding: bytes, as: UTF8.self)
            for forbidden in ["{{{", "{{&", "{{ &", "{{=", " style=", "<style", "javascript:", " onload=", "<base"] {
                #expect(!text.contains(forbidden), "\(name) has \(forbidden)")
            }
            #expect(text.split(separator: "<script").count - 1 == (name == "layout" ? 1 : 0), "\(name)")
        }
    }

    @Test("what is hostile is text, also behind a combining mark, and in an attribute")
    func escaping() {
        let escaped = VisibleHTML().escapeText(hostile)
        #expect(
            escaped
                == "&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;\u{301} onmouseover=x &#39;\u{301} {{up}} {{{style}}} &amp;lt; "
                + "\\u{1B}[31m \\u{202E}drow\\u{2066} &lt;\u{338}img src=x&gt;"
        )
    }

    @Test("below a base path, and without one, every link is relative")
    func basePath() async throws {
        try await withConsole(prefix: "/hookline") { test in
            for path in ["/console", "/hookline/console"] {
                let line = RequestLine(method: .get, target: path)
                #expect(test.console.takes(line))
                let request = InboundRequest(line: line, headers: [:], body: [], host: "localhost")
                let reply = await test.console.reply(to: request)
                #expect(reply.status == 308 && reply.place == "console/")
            }
            for path in ["/consoles", "/api/v1", "/hookline", "/other/console/", "/"] {
                #expect(!test.console.takes(RequestLine(method: .get, target: path)), "\(path)")
            }
            try await test.message()
            var browser = try await test.browser(as: "admin+pii")
            for place in ["", "messages", "messages/none"] {
                let page = try await browser.get(place).page
                #expect(
                    !page.contains("href=\"/") && !page.contains("action=\"/") && !page.contains("src=\"/"),
                    "\(place)"
                )
            }
        }
    }

    @Test("a path that is no text, a method that is none of ours, and a form that is too large are refused")
    func refusals() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "read")
            #expect(try await browser.get("messages/%ff").status == 400)
            #expect(try await browser.ask(.put, "messages", "").status == 405)
            #expect(try await browser.ask(.post, "login", String(repeating: "x", count: 70_000)).status == 413)
            let lost = try await browser.get("messages/a/b/c")
            #expect(lost.status == 404)
            #expect(lost.page.contains("href=\"../../../console.css"))
        }
    }
}
