// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import Events
import Foundation
import HooklineApp
import Messages
import Outbox
import ServiceConfiguration
import Testing
import Webhooks

/// What `hookline post --preset` posts without a configuration is what the sender's source takes.
@Suite("An imitated sender", .timeLimit(.minutes(10)))
struct ImitationTests {
    /// Where the source is; Square signs it.
    private static let publicURL = "https://hooks.example.com/in/parcels"
    private static let rules = """
        version: 1
        source: hook
        rules:
          - name: never
            event: no.such.type
            to: "+919845061237"
            send: {text: "never"}
        """
    /// Secrets of senders that want a special form.
    private static let secrets = [
        "adyen": "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
        "adyen-platform": "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
        "odoo": "se+cret/of=a&test 1",
        "paytm": "merchantkey16chr",
        "standard-webhooks": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ]
    /// Senders whose keys are on their own hosts alone.
    private static let inimitable: Set<String> = ["adobe-io", "paypal"]
    static let imitable = Preset.all.map(\.name).filter { !inimitable.contains($0) }

    private static func key(_ preset: String) throws -> SenderKey? {
        guard preset == "adobe-commerce" else { return nil }
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../WebhooksTests/Fixtures/sender-key.pem")
        return try SenderKey(try String(contentsOf: file, encoding: .utf8))
    }

    @Test("an answer that is no report names no messages; a report names those that a rule made, perhaps none")
    func answers() {
        func messages(_ body: String) -> [String]? { PostAnswer(status: 200, body: Array(body.utf8)).messages }
        #expect(messages("[accepted]") == nil)
        #expect(messages(#"[{"op":"success"}]"#) == nil)
        #expect(messages("") == nil)
        #expect(messages(#"{"event":"evt_1","duplicate":false,"messages":[]}"#) == [])
        #expect(messages(#"{"event":"evt_1","messages":[{"id":"msg_1"},{"id":"msg_2"}]}"#) == ["msg_1", "msg_2"])
    }

    /// The request as the sender posts it, where the sample for the rules is another one; else that sample.
    private static func sample(_ preset: String) throws -> [UInt8] {
        let names = [preset] + (Preset.named(preset)?.aliases ?? [])
        let folders = names.map { shippedRules.appending(path: "samples/\($0)") }
        let folder = try #require(folders.first { FileManager.default.fileExists(atPath: $0.path) })
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let file = try #require(files.first { $0.contains(".request.") } ?? files.first)
        return Array(try Data(contentsOf: folder.appending(path: file)))
    }

    private static func sender(_ preset: String, _ secret: String, _ key: SenderKey?) throws -> ImitatedSender {
        let url = Preset.named(preset)?.verification.needsPublicURL == true ? publicURL : nil
        return try ImitatedSender(preset: preset, secrets: key == nil ? [secret] : [], key: key, publicURL: url)
    }

    /// Another secret of the same form: only digits change.
    private static func other(_ secret: String) -> String {
        let changed = String(secret.map { $0.isASCII && $0.isNumber ? "1" : $0 })
        return changed == secret ? secret + "-of-another" : changed
    }

    private static func setup(_ preset: String, _ secret: String) throws -> HooklineSetup {
        var lines = ["preset: \(preset)", "path: /in/parcels", "secrets: [\(JSON.string(secret).text())]"]
        if preset == "square" { lines.append("public_url: \(publicURL)") }
        if preset == "meta" { lines.append("handshake_token: token-of-a-test") }
        var setup = HooklineSetup(rules: ["never.yaml": rules])
        setup.sources = "  hook: {\(lines.joined(separator: ", "))}"
        return setup
    }

    @Test("is taken at its word: accepted, named, and recognised when it comes again", arguments: imitable)
    func accepted(_ preset: String) async throws {
        try await expectTaken(preset, signingWith: try Self.key(preset))
    }

    @Test("may sign with Ed25519 too, when the source has the public half of the key")
    func ed25519() async throws {
        let key = try SenderKey("whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
        try await expectTaken("standard-webhooks", signingWith: key)
    }

    private func expectTaken(_ preset: String, signingWith key: SenderKey?) async throws {
        let secret = Self.secrets[preset] ?? "secret-of-a-test"
        try await withHookline(try Self.setup(preset, key?.publicText ?? secret)) { hookline in
            let sender = try Self.sender(preset, secret, key)
            let type = sender.source.needsTypeToSign ? "a.type" : nil
            let details = Imitation.Details(type: type, id: "an-id", key: key)
            let imitation = try Imitation(sender, body: try Self.sample(preset), details, clock: hookline.clock)
            #expect(imitation.warning == nil)
            for _ in 0..<2 {
                let answer = try await imitation.post(to: "http://\(hookline.addresses.hooks)/in/parcels")
                #expect(answer.status == 200, "\(answer.text)")
            }
            let store = try await StoreOpener.openForTools(hookline.settings.store)
            let events = try await store.events(EventFilter(source: "hook")).elements
            await store.close()
            #expect(!events.isEmpty)
            for event in events {
                #expect(event.disposition == .unmatched)
                #expect(event.duplicates == 1)
                #expect(event.secretLabel == "secrets[0]")
                #expect(!event.type.isEmpty)
                if let type { #expect(event.type == type) }
            }
        }
    }

    @Test("posts the same body under another type or id as another event, where a header tells them apart (Shopify)")
    func anotherEvent() async throws {
        try await withHookline(try Self.setup("shopify", "secret-of-a-test")) { hookline in
            let sender = try Self.sender("shopify", "secret-of-a-test", nil)
            for details in [
                Imitation.Details(), Imitation.Details(type: "orders/paid", id: "1"),
                Imitation.Details(type: "orders/paid", id: "2"), Imitation.Details(type: "orders/create", id: "2"),
            ] {
                let imitation = try Imitation(sender, body: Array("{}".utf8), details, clock: hookline.clock)
                let answer = try await imitation.post(to: "http://\(hookline.addresses.hooks)/in/parcels")
                #expect(answer.events.map(\.isDuplicate) == [false])
            }
        }
    }

    @Test("with another secret is refused", arguments: imitable.filter { $0 != "adobe-commerce" })
    func refused(_ preset: String) async throws {
        let secret = Self.secrets[preset] ?? "secret-of-a-test"
        try await withHookline(try Self.setup(preset, secret)) { hookline in
            let sender = try Self.sender(preset, Self.other(secret), nil)
            let imitation = try Imitation(sender, body: try Self.sample(preset), clock: hookline.clock)
            let answer = try await imitation.post(to: "http://\(hookline.addresses.hooks)/in/parcels")
            #expect(answer.status == 401)
        }
    }

    @Test("is never one whose keys are on its own host", arguments: inimitable)
    func onlyTheirs(_ preset: String) throws {
        let error = #expect(throws: ImitationError.self) {
            try ImitatedSender(preset: preset, secrets: ["a-secret"], key: nil, publicURL: nil)
        }
        #expect(error?.reason.contains("cannot be imitated") == true)
        #expect(error?.kind == .usage)
    }
}
