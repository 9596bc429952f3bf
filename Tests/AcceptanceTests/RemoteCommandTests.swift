// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import HooklineApp
import Messages
import Outbox
import PartnerAPI
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
        let made = try await hookline.command([
            "tokens", "create", "--name", scope, "--scope", scope, "--pii", "--expires", "520w", "--json",
        ]
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
                ["consent", "list"], ["consent", "list", "--history"], ["consent", "list", "--doubtful"],
                ["consent", "list", "--suggested"], ["audit", "list", "--action", "tokens.create"],
                ["keys", "list"], ["templates", "list"], ["explain", event],
                ["consent", "erase", "+91 98450 61230"],
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
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
            let open = try await hookline.command(["jobs", "list", "--token-file", file.path], token: "")
            #expect(open.exitCode == 78 && open.errors.contains("(mode 640)") && open.output.isEmpty)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
            let found = try await hookline.command(["jobs", "list", "--token-file", file.path], token: "")
            #expect(found.exitCode == 0, "\(found.errors)")
            let number = try await hookline.command(["messages", "list", "--to", "12"], token: read)
            #expect(number.exitCode == 65 && number.errors.hasPrefix("The number is none. to: "))
            for arguments in [
                ["messages", "retry", "--all", "--anyway"], ["messages", "list", "--limit", "2000"],
                ["consent", "list", "98450 61230", "98450 61231"],
                ["rules", "new", "evt_1", "--template", "a", "--templates", "a.json"],
                ["rules", "new", "a.json", "--template", "a", "--source", "orders"],
                ["explain", "evt_1", "--rules", "a.yaml"],
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

    @Test("who wants messages, and who may do what, is changed through a service as beside its store")
    func changes() async throws {
        try await withHookline(HooklineSetup(rules: ["rules.yaml": Self.rules])) { hookline in
            let admin = try await token(hookline, "admin")
            func ask(_ arguments: String..., input: String = "") async throws -> ProgramRun {
                try await hookline.command(arguments, token: admin, input: input)
            }
            let added = try await ask("consent", "add", "98450 61230", "--country", "IN", "--why", "they called")
            #expect(added.exitCode == 0 && added.output == "wrote 1 line\n", "\(added.errors)")
            let list = "phone,state\n+91 98450 61231,opted-out\n12,\n"
            let read = try await ask("consent", "import", "-", input: list)
            #expect(read.exitCode == 1)
            #expect(read.output == "read 1 opt-out, 0 opt-ins, 1 mistake; nothing is written without --apply\n")
            #expect(read.errors.hasPrefix("-:3:1: "))
            let refused = try await ask("consent", "import", "-", "--apply", input: list)
            #expect(
                refused.output.hasSuffix("nothing is written with mistakes, unless --skip-mistakes leaves them out\n")
            )
            let taken = try await ask("consent", "import", "-", "--apply", "--skip-mistakes", input: list)
            #expect(taken.output == "read 1 opt-out, 0 opt-ins, 1 mistake; wrote 1 line\n")
            for arguments in [["consent", "export"], ["consent", "export", "--standing"]] {
                for shown in [arguments, arguments + ["--json"]] {
                    let (here, there) = (
                        try await hookline.command(shown), try await hookline.command(shown, token: admin)
                    )
                    #expect(there.output == here.output && here.output.contains("+919845061231"), "\(shown)")
                }
            }
            let removed = try await ask("consent", "remove", "+91 98450 61230", "--json")
            #expect(try JSON(parsing: removed.output) == ["written": 1, "known": 0, "suppressed": 0, "too_late": 0])
            let erased = try await ask("consent", "erase", "+919845061230", "--yes")
            #expect(erased.output.hasPrefix("erased: 0 messages, 0 events, "))

            let made = try JSON(parsing: try await ask("tokens", "create", "--name", "wall", "--json").output)
            #expect(made["token"]?.string?.hasPrefix("hk_r_") == true && made["scope"] == "read")
            let revoked = try await ask("tokens", "revoke", made["id"]?.string ?? "")
            #expect(revoked.output.contains("wall  read   revoked"))
            let key = try await ask("keys", "create", "--label", "shop", "--account", "main")
            #expect(key.exitCode == 0 && key.output.contains("apiSecret  sk_"))
            let keys = try JSON(parsing: try await ask("keys", "list", "--json").output)
            let gone = try await ask("keys", "revoke", keys[0]?["id"]?.string ?? "", "--why", "lost")
            #expect(gone.output.contains("revoked ") && gone.output.contains("shop"))
            let nobody = try await ask("keys", "create", "--label", "shop", "--account", "none")
            #expect(nobody.exitCode == 65)
            let lines = try JSON(parsing: try await ask("audit", "list", "--who", "admin", "--json").output)
            #expect(
                lines.array?.compactMap { $0["action"]?.string } == [
                    "keys.revoke", "keys.create", "tokens.revoke", "tokens.create", "consent.erase", "consent.remove",
                    "consent.import", "consent.add",
                ]
            )
            #expect(lines[6]?["reason"] == "-" && lines[7]?["reason"] == "they called")
        }
    }

    @Test("many messages at once are counted, decided about and followed through a service")
    func jobs() async throws {
        try await withHookline(HooklineSetup(rules: ["rules.yaml": Self.rules])) { hookline in
            try await hookline.post(body("order.unpaid"), source: "orders")
            let operate = try await token(hookline, "operate")
            let cancel = ["messages", "cancel", "--rule", "dunning", "--state", "scheduled"]
            let asked = try await hookline.command(cancel, token: operate)
            #expect(asked.exitCode == 1 && asked.errors == "nothing was done; --yes does it\n")
            #expect(asked.output == (try await hookline.command(cancel)).output)
            #expect(asked.output.hasSuffix("1 message to cancel: state scheduled, rule dunning\n"))
            let none = try await hookline.command(["messages", "retry", "--all", "--json"], token: operate)
            #expect(none.exitCode == 0)
            #expect(try JSON(parsing: none.output) == ["count": 0, "by_rule": [], "not_built": 0])

            let order = cancel + ["--yes", "--key", "k", "--rate", "7", "--why", "paid meanwhile"]
            // The clock of the service stands still: it takes its steps while this goes on.
            async let followed = hookline.command(order, token: operate)
            while true {
                let done = try await hookline.command(["jobs", "list", "--state", "done"]).output.contains("job_")
                if done { break }
                await hookline.clock.untilSleeping()
                await hookline.clock.advance(by: .seconds(1))
            }
            let ended = try await followed
            let id = String(try #require(ended.output.firstMatch(of: /job_[0-9A-Z]+/)).output)
            let shown = try await hookline.command(["jobs", "show", id]).output
            #expect(ended.output == asked.output + shown, "\(ended.errors)")
            #expect(ended.exitCode == 0 && ended.output.contains("1 of 1 message"))
            let job = try JSON(parsing: try await hookline.command(["jobs", "show", id, "--json"]).output)
            #expect(job["who"] == "token operate" && job["key"] == "k" && job["why"] == "paid meanwhile")
        }
    }

    @Test("events of the past are counted and replayed through a service, under its rules")
    func replays() async throws {
        try await withHookline(HooklineSetup(rules: ["rules.yaml": Self.rules])) { hookline in
            try await hookline.post(body("order.paid"), source: "orders")
            _ = await hookline.partner.received(atLeast: 1)
            await hookline.observer.settled(.accepted)
            let operate = try await token(hookline, "operate")
            let replay = ["events", "replay", "--source", "orders", "--again"]
            let (here, there) = (try await hookline.command(replay), try await hookline.command(replay, token: operate))
            #expect(there.exitCode == 1 && there.output == here.output && there.errors == here.errors)
            let plan = try await hookline.command(replay + ["--dry-run", "--json"], token: operate)
            #expect(try JSON(parsing: plan.output)["made"] == 1 && plan.exitCode == 0)
            let begun = try await hookline.command(replay + ["--yes", "--detach", "--why", "lost"], token: operate)
            #expect(begun.exitCode == 0 && begun.output.contains("replay"), "\(begun.errors)")
            let lines = try await hookline.command(["audit", "list", "--action", "events.replay", "--json"])
            #expect(try JSON(parsing: lines.output)[0]?["reason"] == "lost")
        }
    }

    @Test("a payload is explained by the rules that run, and a rule is made of an event, without either at hand")
    func inquiries() async throws {
        try await withHookline(HooklineSetup(rules: ["rules.yaml": Self.rules])) { hookline in
            try await hookline.post(body("order.paid"), source: "orders")
            let read = try await token(hookline, "read")
            let explain = ["explain", "-", "--source", "orders", "--header", "X-Shop: a"]
            let said = try await hookline.command(explain, token: read, input: body("order.paid"))
            #expect(said.exitCode == 0 && said.output.contains("paid sends to +919845061230"), "\(said.errors)")
            let nothing = try await hookline.command(explain + ["--json"], token: read, input: body("order.lost"))
            #expect(nothing.exitCode == 1)
            #expect(try JSON(parsing: nothing.output)["does_something"] == false)
            let bad = try await hookline.command(explain, token: read, input: "{")
            #expect(bad.exitCode == 65 && bad.errors.hasPrefix("The payload is no event: "))

            let events = try JSON(
                parsing: try await hookline.command(["events", "list", "--json"], token: read).output
            )
            let event = try #require(events[0]?["id"]?.string)
            let file = hookline.folder.appending(path: "made.yaml").path
            let template = try #require(SandboxTemplates.catalogue().templates.first { $0.status == .approved }).name
            let new = ["rules", "new", event, "--template", template]
            let (here, there) = (try await hookline.command(new), try await hookline.command(new, token: read))
            #expect(there.output == here.output && there.exitCode == here.exitCode, "\(there.errors) \(here.errors)")
            let saved = try await hookline.command(new + ["--save", file], token: read)
            #expect(saved.output.contains("saved as \(file)"), "\(saved.errors)")
            let rule = try String(contentsOfFile: file, encoding: .utf8)
            #expect(here.output.hasPrefix(rule))
            let gone = try await hookline.command(["rules", "new", event, "--template", "gone"], token: read)
            #expect(gone.exitCode == 65 && gone.errors.hasPrefix("No such rule can be made of this event: "))
        }
    }
}
