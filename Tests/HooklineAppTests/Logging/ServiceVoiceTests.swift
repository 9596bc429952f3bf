// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import HTTPValues
import InMemoryLogging
import Logging
import NIOConcurrencyHelpers
import Testing

@testable import HooklineApp
@testable import ServiceConfiguration

@Suite("What the service says beside its log")
struct ServiceVoiceTests {
    private let printed = NIOLockedValueBox<[String]>([])
    private let addresses = ServiceAddresses(
        hooks: ListenAddress(host: "127.0.0.1", port: 8_080),
        admin: ListenAddress(host: "127.0.0.1", port: 8_081)
    )

    private var streams: ServiceVoice.Streams {
        let printed = printed
        let print: @Sendable (String) -> Void = { line in printed.withLockedValue { $0.append(line) } }
        return ServiceVoice.Streams(output: print, errors: print)
    }

    private func speak(_ voice: ServiceVoice) {
        let place = CheckedYAML.SourceLocation(file: "hookline.yaml", line: 3, column: 1)
        voice.say([Diagnostic(.invalidValue, at: place, "found 'x'; expected y")])
        voice.cannotServe(["the store: it is locked"])
        voice.listens(addresses)
    }

    @Test("is for people where the log is text")
    func text() {
        speak(ServiceVoice(.text, streams))
        #expect(
            printed.withLockedValue { $0 } == [
                "hookline.yaml:3:1: error: found 'x'; expected y [invalid-value]", "the store: it is locked",
                "hookline: admin: listening on 127.0.0.1:8081\n", "hookline: hooks: listening on 127.0.0.1:8080\n",
            ]
        )
    }

    @Test("is a line of the log, and nothing else, where that is JSON")
    func json() {
        let records = InMemoryLogHandler()
        speak(ServiceVoice(logger: Logger(label: "test") { _ in records }, streams))
        #expect(printed.withLockedValue { $0 }.isEmpty)
        #expect(records.entries.map(\.level) == [.error, .critical, .notice, .notice])
        #expect(records.entries.last?.metadata == ["listener": "hooks", "address": "127.0.0.1:8080"])
    }

    @Test("is in the log's form also where the rest of the configuration is wrong")
    func mistakes() {
        for (text, format) in [
            ("log: {format: json}\nlisten: 5", Settings.LogFormat.json), ("log: {format: xml}", .text),
        ] {
            let environment = SettingsEnvironment(variables: [:]) { _ in Array(text.utf8) }
            var reader = SettingsReader(path: "hookline.yaml", environment: environment)
            #expect(reader.read().settings == nil)
            #expect(reader.logFormat == format)
        }
    }
}
