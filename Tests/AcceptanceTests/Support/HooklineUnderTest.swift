// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import CurlTransport
import Events
import Foundation
import HTTPTypes
import HooklineApp
import Logging
import Messages
import Outbox
import PartnerAPI
import Rules
import SQLiteOutbox
import Sandbox
import ServiceConfiguration
import ServiceLifecycle
import TestSupport
import Testing
import Webhooks

/// A whole service and the partner's sandbox in this process, on a clock that stands still until a test moves it.
struct HooklineUnderTest: Sendable {
    let settings: Settings
    let service: HooklineService
    let addresses: ServiceAddresses
    let partner: SandboxState
    let clock: TestClock
    let observer: RecordingObserver
    let folder: URL
    let transport: CurlHTTPTransport

    /// Signs a body as the source's sender would, and posts it.
    @discardableResult
    func post(_ body: String, source: String = "razorpay", type: String? = nil, id: String? = nil) async throws
        -> PostAnswer
    {
        try await post(Array(body.utf8), source: source, type: type, id: id)
    }

    @discardableResult
    func post(_ body: [UInt8], source: String = "razorpay", type: String? = nil, id: String? = nil) async throws
        -> PostAnswer
    {
        let sender = try ImitatedSender(settings, source: source)
        let imitation = try Imitation(sender, body: body, Imitation.Details(type: type, id: id), clock: clock)
        let path = try #require(settings.sources.first { $0.name == source }).path
        return try await imitation.post(to: "http://\(addresses.hooks)\(path)")
    }

    /// Runs a command beside the service, with its configuration; or with a token, and what else says where to ask.
    func command(
        _ arguments: [String],
        token: String? = nil,
        input: String = ""
    ) async throws -> ProgramRun {
        var environment = ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "100", "USER": "asha"]
        environment["HOOKLINE_TOKEN"] = token
        let config = ["--config", folder.appending(path: "hookline.yaml").path]
        let server = ["--server", "http://\(addresses.admin)"]
        return try await Program.hookline(
            arguments + (token == nil ? config : server),
            environment: environment,
            // There no configuration is found by itself.
            folder: FileManager.default.temporaryDirectory.path
        ).run(input: input)
    }

    /// Posts or gets with headers of one's own.
    func request(
        _ method: TransferRequest.Method,
        _ url: String,
        headers: [HeaderField] = [],
        body: [UInt8] = []
    ) async throws -> TransferResponse {
        try await transport.perform(
            TransferRequest(
                method: method,
                url: url,
                headers: try HeaderList(headers),
                body: body,
                timeout: .seconds(600)
            )
        )
    }

    /// Puts other rules into the file of the test, and has them read.
    func change(rules: String) async throws {
        try Data(rules.utf8).write(to: folder.appending(path: "rules/rules.yaml"))
        #expect(await service.reloadRules())
    }

    /// Lets the service go on until the newest job stands like that.
    func job(until state: JobState) async throws -> Job {
        let store = try await SQLiteOutbox.open(folder.appending(path: "hookline.db").path, role: .tool)
        return try await closing(store) {
            while true {
                let job = try #require(try await store.jobs(JobFilter()).elements.first)
                if job.state == state { return job }
                await clock.untilSleeping()
                await clock.advance(by: .seconds(1))
            }
        }
    }

    /// The metrics page's line that begins so, without the beginning.
    func metric(_ start: String) async throws -> String? {
        let page = try await request(.get, "http://\(addresses.admin)/metrics")
        let lines = String(decoding: page.body, as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix(start + " ") }.map { String($0.dropFirst(start.count + 1)) }
    }
}

/// What a test's service is made of; each part has a default that most tests want.
struct HooklineSetup: Sendable {
    /// Files of rules by name; the shipped rules if left out.
    var rules: [String: String]?
    /// `sources:` of the configuration.
    var sources = """
          razorpay: {preset: razorpay, secrets: ["razorpay-test-secret"], country: IN}
          orders: {secrets: ["orders-test-secret"], country: IN, event_type: body.event, event_id: body.id}
        """
    /// Where what it accepts is kept.
    var store = "sqlite:hookline.db"
    /// Where it listens; where the system lets it if left out.
    var listen = "127.0.0.1:0"
    /// More lines of the configuration.
    var settings = ""
    /// More of the inner listener, such as `, tls: {…}`.
    var admin = ""
    /// More lines of the account.
    var account = ""
    /// What the sandbox does wrong.
    var faults = SandboxFaults()
    /// The partner's templates; those of the shipped rules if left out.
    var catalogue: TemplateCatalogue?
    /// Where senders' public keys come from; their own hosts if left out.
    var certificates: (any CertificateSource)?
}

/// The project's folder of shipped rules.
let shippedRules = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../rules")
    .standardizedFileURL

/// Starts a sandbox and a service over it, lends them, and ends both.
func withHookline(_ setup: HooklineSetup = HooklineSetup(), _ body: (HooklineUnderTest) async throws -> Void)
    async throws
{
    try await withTemporaryFolder { folder in
        let clock = TestClock()
        try await withSandbox(setup.faults, clock: clock, catalogue: setup.catalogue) { partner, port in
            let settings = try writeSettings(setup, in: folder, partnerPort: port)
            try await withService(settings, clock: clock, certificates: setup.certificates) {
                service,
                addresses,
                observer in
                let transport = try CurlHTTPTransport()
                let hookline = HooklineUnderTest(
                    settings: settings,
                    service: service,
                    addresses: addresses,
                    partner: partner,
                    clock: clock,
                    observer: observer,
                    folder: folder,
                    transport: transport
                )
                do {
                    try await body(hookline)
                } catch {
                    await transport.shutdown()
                    throw error
                }
                await transport.shutdown()
            }
        }
    }
}

/// Runs the partner's sandbox on a free port.
func withSandbox<Value: Sendable>(
    _ faults: SandboxFaults,
    clock: any WallClock,
    catalogue: TemplateCatalogue? = nil,
    _ body: (SandboxState, Int) async throws -> Value
) async throws -> Value {
    var settings = SandboxSettings(catalogue: try catalogue ?? SandboxTemplates.catalogue())
    settings.port = 0
    settings.faults = faults
    settings.clock = clock
    let ports = EventRecorder<Int>()
    let server = try SandboxServer(settings: settings, logger: quietLogger) { ports.record($0) }
    return try await running(server) {
        guard let port = await ports.until({ !$0.isEmpty }).first else { throw CancellationError() }
        return try await body(server.state, port)
    }
}

private func withService<Value: Sendable>(
    _ settings: Settings,
    clock: TestClock,
    certificates: (any CertificateSource)?,
    _ body: (HooklineService, ServiceAddresses, RecordingObserver) async throws -> Value
) async throws -> Value {
    let observer = RecordingObserver()
    let service = try await HooklineService(
        settings: settings,
        logger: quietLogger,
        clock: clock,
        observer: observer,
        handlesSignals: false,
        certificates: certificates
    )
    return try await running(service) { try await body(service, try await service.addresses, observer) }
}

/// Writes the configuration of a service, with its rules, and reads it.
func writeSettings(_ setup: HooklineSetup, in folder: URL, partnerPort: Int) throws -> Settings {
    var rules = shippedRules.path
    if let files = setup.rules {
        let own = folder.appending(path: "rules")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: own.appending(path: name)) }
        rules = own.path
    }
    let configuration = """
        listen: \(setup.listen)
        store: \(setup.store)
        rules: \(rules)
        accounts:
          main:
            base_url: http://127.0.0.1:\(partnerPort)/api/v1/public
            api_key: \(SandboxSettings.defaultAPIKey)
            api_secret: \(SandboxSettings.defaultAPISecret)
            \(setup.account)
        sources:
        \(setup.sources)
        admin: {listen: 127.0.0.1:0\(setup.admin)}
        \(setup.settings)
        """
    let path = folder.appending(path: "hookline.yaml")
    try Data(configuration.utf8).write(to: path)
    var reader = SettingsReader(path: path.path)
    let (settings, diagnostics) = reader.read()
    #expect(diagnostics.isEmpty, "\(diagnostics)")
    return try #require(settings)
}
