// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import CurlTransport
import Foundation
import HTTPValues
import HooklineApp
import TestSupport
import Testing

@Suite("A service without a proxy", .timeLimit(.minutes(10)))
struct OwnTLSTests {
    /// Two certificates for one name, each its own authority, and the files that the service shows.
    private struct Files {
        let folder: URL
        let old: TestCertificate
        let new: TestCertificate
        let shown: (certificate: URL, key: URL)

        static func make(in folder: URL) async throws -> Files {
            let files = Files(
                folder: folder,
                old: try await TestCertificate.make(in: folder, name: "old.example", names: "DNS:hooks.example"),
                new: try await TestCertificate.make(in: folder, name: "new.example", names: "DNS:hooks.example"),
                shown: (folder.appending(path: "tls.pem"), folder.appending(path: "tls.key"))
            )
            try files.show(files.old.certificate, files.old.key)
            return files
        }

        func show(_ certificate: URL, _ key: URL) throws {
            try Data(contentsOf: certificate).write(to: shown.certificate, options: .atomic)
            try Data(contentsOf: key).write(to: shown.key, options: .atomic)
        }

        var settings: String { "tls: {certificate: \(shown.certificate.path), key: \(shown.key.path)}" }
    }

    /// Asks the listener for senders whether it is there, trusting one certificate alone.
    private func answer(_ hookline: HooklineUnderTest, _ trusted: TestCertificate, _ more: [String] = []) async throws
        -> String
    {
        let port = hookline.addresses.hooks.port
        let address = ["--resolve", "hooks.example:\(port):127.0.0.1", "https://hooks.example:\(port)/healthz"]
        let options = ["curl", "-s", "--cacert", trusted.certificate.path]
        return try await Program("/usr/bin/env", options + more + address).run().output
    }

    @Test("shows a renewed certificate without a restart, and keeps it while what follows cannot be served")
    func renewal() async throws {
        try await withTemporaryFolder { folder in
            let files = try await Files.make(in: folder)
            try await withHookline(HooklineSetup(settings: files.settings)) { hookline in
                #expect(try await answer(hookline, files.old) == "ok\n")
                #expect(try await answer(hookline, files.new) == "")
                try files.show(files.new.certificate, files.new.key)
                while try await answer(hookline, files.new) != "ok\n" {
                    await hookline.clock.untilSleeping()
                    await hookline.clock.advance(by: .seconds(15))
                }
                #expect(try await answer(hookline, files.old) == "")
                let renewed = "hookline_tls_last_renewal_successful{listener=\"hooks\"}"
                #expect(try await hookline.metric(renewed) == "1")
                try files.show(files.old.certificate, files.new.key)
                while try await hookline.metric(renewed) != "0" {
                    await hookline.clock.untilSleeping()
                    await hookline.clock.advance(by: .seconds(15))
                }
                #expect(try await answer(hookline, files.new) == "ok\n")
                let readiness = try await hookline.request(.get, "http://\(hookline.addresses.admin)/readyz")
                let text = String(decoding: readiness.body, as: UTF8.self)
                #expect(readiness.status == 200 && text.contains("the key does not belong to the certificate"))
            }
        }
    }

    @Test("is ready by its own certificate, also while what is in the files is not the one that is shown")
    func ready() async throws {
        try await withTemporaryFolder { folder in
            let files = try await Files.make(in: folder)
            try await withHookline(HooklineSetup(admin: ", \(files.settings)")) { hookline in
                let file = folder.appending(path: "ready.yaml")
                try Data("admin: {listen: \"\(hookline.addresses.admin)\", \(files.settings)}\n".utf8).write(to: file)
                func isReady() async throws -> Bool {
                    let run = try await Program.hookline(["doctor", "--ready", "--config", file.path]).run()
                    #expect(run.output.contains(": https://\(hookline.addresses.admin)/readyz"), "\(run.output)")
                    return run.exitCode == 0
                }
                #expect(try await isReady())
                // Nobody moves the service's clock: it has not looked at its files.
                try files.show(files.new.certificate, files.new.key)
                #expect(try await isReady())
                try FileManager.default.removeItem(at: files.shown.certificate)
                #expect(try await isReady())
            }
        }
    }

    @Test("speaks TLS behind a proxy that says first for whom it comes, and refuses one that does not say it")
    func proxied() async throws {
        try await withTemporaryFolder { folder in
            let files = try await Files.make(in: folder)
            let settings = "\(files.settings)\ntrusted_proxies: [127.0.0.1]\nproxy_protocol: true"
            try await withHookline(HooklineSetup(settings: settings)) { hookline in
                // curl's header names the address that it connects from.
                let named = try await answer(hookline, files.old, ["--haproxy-protocol"])
                let bare = try await answer(hookline, files.old)
                #expect(named == "ok\n" && bare == "")
                let refused = try await hookline.metric("hookline_proxy_failures_total{reason=\"malformed\"}")
                #expect(refused == "1")
            }
        }
    }

    @Test("takes events from the addresses that a source allows alone, of those that a proxy names")
    func allowed() async throws {
        let setup = HooklineSetup(
            sources: """
                  orders: {secrets: ["orders-test-secret"], country: IN, event_type: body.event, event_id: body.id, allow_from: [192.0.2.0/24]}
                """,
            settings: "trusted_proxies: [127.0.0.1]\nproxy_protocol: true"
        )
        try await withHookline(setup) { hookline in
            let sender = try ImitatedSender(hookline.settings, source: "orders")
            let body = #"{"event": "order.made", "id": "o-1"}"#
            let signed = try Imitation(sender, body: Array(body.utf8), clock: hookline.clock)
            let lines = ["POST /hooks/orders HTTP/1.1", "Host: hooks.example", "Connection: close"]
            let head = lines + signed.headerLines + ["Content-Length: \(body.utf8.count)", "", body]
            let request = head.joined(separator: "\r\n")
            for (client, status) in [("198.51.100.7", 403), ("192.0.2.7", 200)] {
                let header = "PROXY TCP4 \(client) 127.0.0.1 50000 443\r\n"
                let send = "exec 3<>/dev/tcp/127.0.0.1/\(hookline.addresses.hooks.port) && cat >&3 && cat <&3"
                let run = try await Program("/bin/bash", ["-c", send]).run(input: header + request)
                #expect(run.output.hasPrefix("HTTP/1.1 \(status) "), "\(run.output)\(run.errors)")
            }
        }
    }
}
