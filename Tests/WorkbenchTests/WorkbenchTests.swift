// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import CommandLogic
import Foundation
import HTTPValues
import HooklineApp
import PartnerClient
import ServiceConfiguration
import Starters
import TestSupport
import Testing
import Webhooks

@testable import Workbench

/// `hookline init` and `hookline dev`, as one process has them.
@Suite("A folder to begin with", .timeLimit(.minutes(5)))
struct WorkbenchTests {
    @Test("every sender's first configuration is read without a finding", arguments: Preset.all.map(\.name))
    func configurations(preset: String) async throws {
        try await withTemporaryFolder { folder async throws in
            let (settings, findings) = try Self.begin(preset, in: folder)
            // Adobe's key is Adobe's: nobody can make one up.
            #expect(findings.filter { !$0.contains("is not an RSA public key") && !$0.contains(": warning:") } == [])
            #expect((settings == nil) == (preset == "adobe-commerce"))
            #expect(settings?.accounts.map(\.partner.baseURL) ?? [] == settings.map { _ in [Self.sandbox] } ?? [])
        }
    }

    @Test("with the partner's key in its variable messages go to the partner, and not to the workbench")
    func realKey() async throws {
        try await withTemporaryFolder { folder async throws in
            let keys = ["FLOWZIAC_API_KEY": "pk_0123456789", "FLOWZIAC_API_SECRET": "sk_0123456789"]
            let settings = try #require(try Self.begin("razorpay", in: folder, variables: keys).settings)
            #expect(settings.accounts.map(\.partner.baseURL) == ["https://app.instawave.store/api/v1/public"])
            #expect(throws: WorkbenchError.self) {
                try Workbench(settings: settings, logger: quietLogger, say: { _ in }, onListening: { _, _ in })
            }
        }
    }

    @Test("what is posted, refused and sent is told as it happens")
    func telling() async throws {
        try await withTemporaryFolder { folder async throws in
            let (lines, line) = AsyncStream.makeStream(of: String.self)
            let (addresses, address) = AsyncStream.makeStream(of: String.self)
            var settings = try #require(try Self.begin("razorpay", in: folder).settings)
            settings.listen = ListenAddress(host: "127.0.0.1", port: 0)
            settings.adminListen = ListenAddress(host: "127.0.0.1", port: 0)
            var workbench = try Workbench(settings: settings, logger: quietLogger, say: { line.yield($0) }) {
                bound,
                _ in
                address.yield("http://\(bound.hooks)/hooks/razorpay")
            }
            workbench.port = 0
            workbench.handlesSignals = false
            let sender = try ImitatedSender(settings, source: "razorpay")
            let stranger = try ImitatedSender(preset: "razorpay", secrets: ["another"], key: nil, publicURL: nil)
            try await running(workbench) {
                let place = try #require(await addresses.first { _ in true })
                let file = folder.appending(path: "rules/samples/razorpay/payment.captured.json")
                let body = Array(try Data(contentsOf: file))
                #expect(try await Imitation(stranger, body: body).post(to: place).status == 401)
                #expect(try await Imitation(sender, body: body).post(to: place).status == 200)
                var told = ""
                for await text in lines {
                    told += text
                    if told.contains("╭") && told.contains("refused") { break }
                }
                #expect(told.contains("  razorpay  payment.captured  payment-received: "))
                #expect(told.contains("  razorpay  refused with 401: "))
                #expect(told.contains("to +919845061237"))
                #expect(told.contains("₹1,499.00"))
            }
        }
    }

    private static let sandbox = "http://127.0.0.1:9090/api/v1/public"

    /// Writes a sender's folder and reads its configuration.
    private static func begin(
        _ preset: String,
        in folder: URL,
        variables: [String: String] = [:]
    ) throws -> (settings: Settings?, findings: [String]) {
        var generator = SystemRandomNumberGenerator()
        for file in try Starter(preset: preset, using: &generator).files {
            let url = folder.appending(path: file.path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(file.content).write(to: url)
        }
        var environment = SettingsEnvironment.process
        environment.variables = variables
        var reader = SettingsReader(path: folder.appending(path: "hookline.yaml").path(), environment: environment)
        let (settings, findings) = reader.read()
        return (settings, findings.map(\.description))
    }
}
