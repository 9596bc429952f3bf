// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Liquid
import Testing

@Suite("HTML that senders write")
struct HTMLTests {
    @Test(
        "html_decode reads references as browsers do",
        arguments: [
            ("D&#039;Mello", "D'Mello"), ("H&amp;M &ndash; L", "H&M – L"), ("&#x20B9;5 &#8377;5", "₹5 ₹5"),
            ("1&nbsp;kg", "1\u{A0}kg"), ("&copy 2026 &AMP; &amp", "© 2026 & &"), ("&notit; &notin;", "¬it; ∉"),
            ("&amp;lt;", "&lt;"), ("a & b &; &# &#; &#x; &nosuch;", "a & b &; &# &#; &#x; &nosuch;"),
            ("&#128;&#x92;", "€’"),
            ("&#0;&#xD800;&#x110000;&#99999999999999999999;", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
            ("&NotEqualTilde;", "\u{2242}\u{338}"), ("&#65", "A"), ("&CounterClockwiseContourIntegral;", "∳"), ("", ""),
        ]
    )
    func decoded(_ html: String, _ text: String) throws {
        #expect(try apply("html_decode", to: html) == text)
    }

    @Test(
        "strip_html sets blocks apart, keeps what is no tag, and decodes",
        arguments: [
            ("<p>a</p><p>b</p>", "a b"), ("a<br>b<br/>c", "a b c"), ("<ul><li>x</li><li>y</li></ul>", "x y"),
            ("<tr><td>1</td><td>2</td></tr>", "1 2"), ("in<b>li</b>ne", "inline"), ("<p>a</p> <p>b</p>", "a b"),
            ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"), ("<a title='x > y'>link</a>", "link"), ("a <b", "a <b"),
            ("<SCRIPT>x()</SCRIPT >ok<!-- no -->", "ok"), ("<style>p{}</style>&lt;b&gt;", "<b>"),
            ("<h1>T</h1>text", "T text"), ("x<!doctype html>y", "xy"), ("love <3", "love <3"), ("", ""),
        ]
    )
    func stripped(_ html: String, _ text: String) throws {
        #expect(try apply("strip_html", to: html) == text)
    }

    @Test(
        "strip_html in lax mode is Shopify's",
        arguments: [
            Row("{{ '<p>a</p><p>b &amp; c</p>' | strip_html }}", "ab &amp; c"),
            Row("{{ 'a<br>b <!-- < > -->c<style>x</style>d<script>1 < 2</script>e < f' | strip_html }}", "ab cde < f"),
            Row("{{ '<scr<script></script>ipt>a' | strip_html }}", "a"),
        ]
    )
    func lax(_ row: Row) throws {
        #expect(try render(row.template, row.data, .lax) == row.output)
    }

    @Test(
        "nothing that a sender writes takes long or breaks strip_html",
        arguments: ["<", "<a ", "<!--", "<a='", "&", "<script>"]
    )
    func repeated(_ piece: String) throws {
        let text = try apply("strip_html", to: String(repeating: piece, count: 3_000))
        #expect(text.utf8.count <= piece.utf8.count * 3_000)
    }

    private func apply(_ filter: String, to text: String) throws -> String {
        let data = try JSONEncoder().encode(["text": text])
        return try render("{{ text | \(filter) }}", String(decoding: data, as: UTF8.self))
    }
}
