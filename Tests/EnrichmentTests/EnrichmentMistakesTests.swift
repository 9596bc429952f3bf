// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Enrichment

@Suite("The settings of look-ups")
struct EnrichmentMistakesTests {
    typealias Settings = EnrichmentStepSettings

    static let secret = "hush-hush"

    struct Row: Sendable, CustomTestStringConvertible {
        let steps: [Settings]
        let expected: [String]

        init(_ step: Settings, _ expected: String...) { (steps, self.expected) = ([step], expected) }
        init(_ steps: [Settings], _ expected: String...) { (self.steps, self.expected) = (steps, expected) }

        var testDescription: String { expected.joined(separator: " · ") }
    }

    private static func header(_ name: String, _ value: String) -> Settings {
        Settings(url: "https://a.example/", headers: [.init(name, value)])
    }

    @Test(
        "are refused with the key and a sentence",
        arguments: [
            Row([], "no look-up; expected at least one with a url"),
            Row(Settings(url: ""), "url: does not begin with https://"),
            Row(
                Settings(url: "https://a.example/{{ id | upcas }}"),
                "url: is no Liquid: line 1, column 27: unknown filter"
            ),
            Row(Settings(url: "https://u:\(secret)@a.example/"), "url: has a user name in it"),
            Row(Settings(url: "https://u:\(secret)@a.example/{{ id }}"), "url: has a user name in it"),
            Row(
                Settings(url: "https://a.example/{{ id }}", hosts: ["b.example"]),
                "hosts: a.example, the host in 'url'"
            ),
            Row(Settings(url: "{{ url }}"), "hosts: missing; the host does not stand literally in 'url'"),
            Row(Settings(url: "https://{{ shop }}/x"), "hosts: missing"),
            Row(Settings(url: "https://a.example{{ path }}"), "hosts: missing"),
            Row(
                Settings(url: "{{ url }}", hosts: ["*.com", "api.xero.com", "a b"]),
                "hosts.0: '*.com' covers",
                "hosts.2:"
            ),
            Row(Settings(name: "my order", url: "https://a.example/"), "name: 'my order' is no name"),
            Row(Settings(url: "https://a.example/", timeout: "soon"), "timeout: 'soon' is not understood"),
            Row(Settings(url: "https://a.example/", timeout: "10m"), "timeout: '10m' is out of range"),
            Row(Settings(url: "https://a.example/", cache: "-1s"), "cache: '-1s' is not understood"),
            Row(Settings(url: "https://a.example/", events: ["a", ""]), "events.1: is empty"),
            Row(header("X Y", secret), "headers.X Y: is no name"), Row(header("", secret), "headers.: is no name"),
            Row(header("Host", secret), "headers.Host: is set by the transfer itself"),
            Row(header("content-length", secret), "headers.content-length: is set by the transfer itself"),
            Row(header("Transfer-Encoding", secret), "headers.Transfer-Encoding: is set"),
            Row(header("Connection", secret), "headers.Connection: is set"),
            Row(header("A", ""), "headers.A: the value is empty"),
            Row(header("A", "\(secret)\r\nB: c"), "headers.A: the value has a line break"),
            Row(header("A", "{{ id"), "headers.A: is no Liquid"), Row(header("A", "file:"), "headers.A: names no file"),
            Row(
                Settings(url: "https://a.example/", headers: [.init("A", "b"), .init("a", "c")]),
                "headers.a: is there twice"
            ),
            Row(
                [
                    Settings(name: "a", url: ""), Settings(url: "https://a.example/", cache: "x"),
                    Settings(name: "a", url: ""),
                ],
                "1.name: missing",
                "2.name: 'a' is the name of an earlier look-up",
                "0.url: does not begin",
                "1.cache: 'x'",
                "2.url: does not begin"
            ),
        ]
    )
    func mistakes(row: Row) {
        let error = #expect(throws: EnrichmentMistakes.self) { try Enrichment(row.steps) }
        let lines = error?.description.split(separator: "\n").map(String.init) ?? []
        #expect(lines.count == row.expected.count, "\(lines)")
        for (line, expected) in zip(lines, row.expected) { #expect(line.hasPrefix(expected), "\(line)") }
        #expect(!lines.contains { $0.contains(Self.secret) })
    }

    @Test("are at most eight")
    func tooMany() {
        let steps = (1...9).map { Settings(name: "step\($0)", url: "https://a.example/") }
        let error = #expect(throws: EnrichmentMistakes.self) { try Enrichment(steps) }
        #expect(error?.description == "9 look-ups; expected at most 8")
    }

    @Test("never print an address or a header's value")
    func redaction() {
        let settings = Settings(
            name: "order",
            url: "https://a.example/?key=\(Self.secret)",
            headers: [.init("Authorization", "Bearer \(Self.secret)")]
        )
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped, "\(settings.headers)"] {
            #expect(!text.contains(Self.secret))
        }
        #expect("\(settings)".contains("Authorization"))
    }

    @Test("name the events that need a look-up")
    func applies() throws {
        let steps = try Enrichment([
            Settings(name: "a", url: "https://a.example/", events: ["order/*", "cart"]),
            Settings(name: "b", url: "https://b.example/", events: ["order/paid"]),
        ])
        #expect(steps.applies(to: try TestEvent.make(type: "order/created")))
        #expect(steps.applies(to: try TestEvent.make(type: "cart")))
        #expect(!steps.applies(to: try TestEvent.make(type: "cart/x")))
        #expect(try Enrichment([Settings(url: "https://a.example/")]).applies(to: try TestEvent.make(type: "")))
    }
}
