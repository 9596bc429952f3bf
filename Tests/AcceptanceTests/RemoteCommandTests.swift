// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import HooklineApp
import Messages
import Outbox
import Sandbox
import TestSupport
import Testing

/// Commands that ask a service with `--server` instead of opening its store.
@Suite("Commands over the admin API", .timeLimit(.minutes(10)))
struct RemoteCommandTests {
    private static let rules = """
        version: 1
        source: orders
        rules:
          - name: paid
            event: order.paid
            to: "{{ phone }}"
            send: {text: "Thank you, {{ name }}"}
          - name: dunning
            event: order.unpaid
            delay: 1h
            to: "{{ phone }}"
            send: {text: "Please pay, {{ name }}"}
        """

    private func token(_ hookline: HooklineUnderTest, _ scope: String) async throws -> String {
        let made = try await hookline.command(
            ["tokens", "create", "--name", scope, "--scope", scope, "--pii", "--expires", "520w", "--json"]
        )
        return try #require(try JSON(parsing: made.output)["token"]?.string)
    }

    private func body(_ event: String) -> String {
        #"{"event": "\#(event)", "id": "\#(event)", "phone": "9845061230", "name": "Meera"}"#
    }

    @Test("what a service shows is what its store shows, as text and as JSON")
    func same() async throws {
        try await withHookline(HooklineSetup(rules: ["rules.yaml": Self.rules])) { hookline in
            try await hookline.post(body("order.paid"), source: "orders")
            _ = await hookline.partner.received(atLeast: 1)
            await hookline.observer.settled(.accepted)
            let admin = try await token(hookline, "admin")
            func id(_ list: String) async throws -> String {
                let json = try JSON(parsing: try await hookline.command([list, "list", "--json"], token: admin).output)
                return try #require(json[0]?["id"]?.string)
            }
            let (event, message) = (try await id("events"), try await id("messages"))
            for command in [
                ["events", "list"], ["events", "list", "--source", "orders", "--limit", "5"],
                ["events", "show", event],
                ["messages", "list"], ["messages", "list", "--to", "98450 61230", "--country", "IN"],
                ["messages", "list", "--state", "failed"], ["messages", "show", message], ["jobs", "list"],
                ["consent", "list"], ["consent", "list", "--history"], ["audit", "list", "--action", "tokens.create"],
            ] {
                for arguments in [command, command + ["--json"]] {
                    let (here, there) = (
                        try await hookline.command(arguments), try await hookline.command(arguments, token: admin)
                    )
                    #expect(there.output == here.output, "\(arguments)")
                    #expect(there.exitCode == 0 && there.errors == "", "\(arguments) \(there.errors)")
                }
            }
            #expect(try await hookline.command(["accounts"], token: admin).output.contains("main     sends"))
            let rules = try await hookline.command(["rules", "status"], token: admin)
            #expect(rules.exitCode == 0 && rules.output.contains("dunning"))
            #expect(try await hookline.command(["tokens", "list"], token: admin).output.contains("admin, pii"))
        }
    }

    @Test("what is decided through a service is said to be its token's, and what it refuses is told of each")
    func decides() async throws {
        try await withHookline(HooklineSetup(rules: ["rules.yaml": Self.rules])) { hookline in
            try await hookline.post(body("order.unpaid"), source: "orders")
            let operate = try await token(hookline, "operate")
            let list = try await hookline.command(["messages", "list", "--json"], token: operate)
            let id = try #require(try JSON(parsing: list.output)[0]?["id"]?.string)
            let cancel = ["messages", "cancel", id, "msg_none", "--why", "they called"]
            let first = try await hookline.command(cancel, token: operate)
            #expect(first.exitCode == 1 && first.output == "\(id): cancelled\n")
            #expect(first.errors == "msg_none: There is no message of this id; those that are old are not kept.\n")
            let again = try await hookline.command(["messages", "cancel", id, "--json"], token: operate)
            #expect(again.exitCode == 1)
            let json = try JSON(parsing: again.output)
            #expect(json[0]?["id"]?.string == id && json[0]?["result"] == JSON.null)
            #expect(json[0]?["refused"]?.string?.contains("cancelled") == true)
            let lines = try await hookline.command(["audit", "list", "--action", "messages.cancel", "--json"])
            let line = try JSON(parsing: lines.output).array?.last
            #expect(line?["who"] == "operate" && line?["actor"] == "token" && line?["reason"] == "they called")
            let resumed = try await hookline.command(["accounts", "resume", "main"], token: operate)
            #expect(resumed.exitCode == 0 && resumed.output == "nothing of main had stopped\n")
        }
    }

    @Test("a token that opens nothing, a service that is not there and what a service is not asked are told")
    func refusals() async throws {
        try await withHookline(HooklineSetup(rules: ["rules.yaml": Self.rules])) { hookline in
            let read = try await token(hookline, "read")
            let forbidden = try await hookline.command(["messages", "cancel", "msg_1"], token: read)
            #expect(forbidden.exitCode == 69)
            #expect(forbidden.errors == "The token 'read' has the scope read; operate is needed.\n")
            let wrong = try await hookline.command(["jobs", "list"], token: "hk_r_wrong")
            #expect(wrong.exitCode == 69 && wrong.errors.hasPrefix("No live token was shown"))
            let none = try await hookline.command(["jobs", "list"], token: "")
            #expect(none.exitCode == 78 && none.errors.hasPrefix("--server needs a token"))
            let file = hookline.folder.appending(path: "token")
            try Data("\(read)\n".utf8).write(to: file)
            let found = try await hookline.command(["jobs", "list", "--token-file", file.path], token: "")
            #expect(found.exitCode == 0, "\(found.errors)")
            let number = try await hookline.command(["messages", "list", "--to", "12"], token: read)
            #expect(number.exitCode == 65 && number.errors.hasPrefix("The number is none. to: "))
            for arguments in [
                ["messages", "cancel", "--all"], ["messages", "retry", "msg_1", "--anyway"],
                ["messages", "list", "--limit", "2000"],
            ] {
                #expect(try await hookline.command(arguments, token: read).exitCode == 64, "\(arguments)")
            }
            let nobody = try await Program.hookline(
                ["jobs", "list", "--server", "http://127.0.0.1:1"],
                environment: ["HOOKLINE_TOKEN": read]
            ).run()
            #expect(nobody.exitCode == 69 && nobody.errors.contains("is the service running?"))
        }
    }
}
