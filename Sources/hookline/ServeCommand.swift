// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HooklineApp

/// `hookline serve`: runs the service.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the service.",
        discussion: "SIGTERM and SIGINT drain and end it; SIGHUP reads the rules again."
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        var reader = SettingsReader(path: global.config)
        let (settings, findings) = reader.read()
        let streams = ServiceVoice.Streams(output: Terminal.print(_:), errors: Terminal.printError)
        let voice = ServiceVoice(reader.logFormat, streams)
        voice.say(findings)
        guard var settings else { throw ExitCode(sysexit: .config) }
        if let reason = settings.useNumberingPlans() {
            voice.cannotServe([reason])
            throw ExitCode(sysexit: .config)
        }
        if global.verbose { settings.beVerbose() }
        try await serve(settings, voice)
    }

    private func serve(_ settings: Settings, _ voice: ServiceVoice) async throws {
        let logger = LogSetup.logger(settings)
        Settings.logNumberingPlans(logger)
        do {
            let service = try await HooklineService(settings: settings, logger: logger)
            try await service.run { voice.listens($0) }
        } catch let error as StartError {
            voice.cannotServe(error.findings)
            throw ExitCode(sysexit: error.kind == .store ? .ioError : .config)
        } catch {
            // Such as an address that is taken.
            voice.cannotServe(["\(error)"])
            throw ExitCode(sysexit: .unavailable)
        }
    }
}
