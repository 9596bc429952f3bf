// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
import Events
import Foundation
import PartnerAPI
import Rules
import Sandbox

/// `hookline sandbox`: the partner API on this machine.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Run the partner API on this machine, with faults if wanted.",
        discussion: "What it received is shown at /. Its key and secret are printed; they are worth nothing elsewhere."
    )

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"
    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 9_090
    @Option(help: "A JSON file with templates in Meta's shape, instead of the built-in ones.")
    var templates: String?
    @Option(help: "Answer with a status in a share of the requests, such as 503:0.1; may be repeated.")
    var fail: [String] = []
    @Option(
        help:
            "A fault, such as status,status=429,retryAfterSeconds=5,rate=0.1 or meta,code=131056,phone=919812345670; may be repeated."
    )
    var fault: [String] = []
    @Option(help: "The most requests a second; more get 429. No limit if left out.")
    var rate: Double?
    @Option(help: "A file that keeps keys, templates and messages over restarts.")
    var state: String?
    @Flag(help: "Treat the magic phone numbers like any other.")
    var noMagicNumbers = false
    @Option(help: "How long every answer waits, such as 200ms.")
    var latency = "0s"
    @Option(help: "The share of requests that are accepted and never answered, such as 0.01.")
    var hang = 0.0

    func validate() throws {
        for text in fail where SandboxFaults.Failure(text) == nil {
            throw ValidationError("--fail '\(text)'; expected a status and a share, such as 503:0.1")
        }
        for text in fault {
            do throws(PartnerError) {
                _ = try SandboxFault(text: text)
            } catch {
                throw ValidationError("--fault '\(text)': \(error)")
            }
        }
        if let rate, !(rate > 0 && rate.isFinite) { throw ValidationError("--rate \(rate); expected more than 0") }
        guard DurationText.parse(latency) != nil else {
            throw ValidationError("--latency '\(latency)'; expected \(DurationText.expectation)")
        }
        guard (0...1).contains(hang) else { throw ValidationError("--hang \(hang); expected a share from 0 to 1") }
        guard (0...65_535).contains(port) else { throw ValidationError("--port \(port); expected 0 to 65535") }
    }

    func run() async throws {
        var settings = SandboxSettings(catalogue: try catalogue())
        settings.host = host
        settings.port = port
        settings.faults.failures = fail.compactMap { SandboxFaults.Failure($0) }
        settings.faults.others = fault.compactMap { try? SandboxFault(text: $0) }
        settings.rateLimit = rate.map { RateLimit(perSecond: $0) }
        settings.stateFile = state.map { URL(filePath: $0) }
        settings.honoursMagicNumbers = !noMagicNumbers
        settings.faults.latency = DurationText.parse(latency) ?? .zero
        settings.faults.hangRate = hang
        let keys =
            "hookline: sandbox: api key    \(settings.apiKey)\nhookline: sandbox: api secret \(settings.apiSecret)\n"
        let host = host
        do {
            try await SandboxRun.run(settings) { port in
                Terminal.print(keys + "hookline: sandbox: listening on \(host):\(port)\n")
            }
        } catch let error as SandboxAddressError {
            Terminal.printError("\(error)")
            throw ExitCode(sysexit: .unavailable)
        }
    }

    private func catalogue() throws -> TemplateCatalogue {
        guard let templates else { return try SandboxTemplates.catalogue() }
        guard let catalogue = try? TemplateCatalogue(JSON(parsing: Terminal.read(templates))) else {
            Terminal.printError("\(templates): no list of templates; expected JSON as GET /templates answers")
            throw ExitCode(sysexit: .dataError)
        }
        return catalogue
    }
}
