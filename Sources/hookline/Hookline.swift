// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Cryptography
import Doctor
import Events
import HooklineApp
import ServiceConfiguration
import ServiceManager

/// The command line; one file a command, what a command does stands in CommandLogic.
@main
struct Hookline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hookline",
        abstract: "Webhooks in, WhatsApp out.",
        discussion: "Exit codes: 0 fine, 1 findings, 64 wrong usage, 69 and above as in sysexits.h.",
        version: ProgramVersion.text,
        subcommands: [
            InitCommand.self, DevCommand.self, ServeCommand.self, RulesCommand.self, ConfigCommand.self,
            MessagesCommand.self, EventsCommand.self,
            JobsCommand.self, AccountsCommand.self, ConsentCommand.self, KeysCommand.self, TokensCommand.self,
            AuditCommand.self, StoreCommand.self,
            SendCommand.self, TemplatesCommand.self, ExplainCommand.self, RenderCommand.self, MatchCommand.self,
            SourcesCommand.self, SignCommand.self, PostCommand.self, SandboxCommand.self,
            DoctorCommand.self,
        ]
    )

    /// Before everything else comes OpenSSL, as the first call of it decides for libcurl and libpq too.
    static func main() async {
        OpenSSL.begin()
        await main(nil)
    }
}

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
            let service = try await HooklineService(settings: settings, logger: logger, manager: ServiceManager())
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

/// `hookline doctor`: looks at everything that a service needs.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check everything that a service needs, and say what is wrong.",
        discussion: """
            Looks at configuration, rules, store, clock, partner, sources and the running service, and changes nothing. \
            Exits with 1 when something is wrong. With --ready it asks the running service alone whether it is ready, and says \
            so in a line: a health check for containers, which reads nothing of the configuration but admin.listen, needs no \
            secret, and ends within five seconds with 0 or 1.
            """
    )

    @Flag(help: "Only ask the running service whether it is ready.")
    var ready = false
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        if ready { return try await askWhetherReady() }
        let report = await Doctor(configuration: global.config).run()
        output.print(json: report.json, text: report.text)
        if !report.isHealthy { throw ExitCode.findings }
    }

    private func askWhetherReady() async throws {
        let report = await ReadinessProbe(configuration: global.config).run()
        output.print(json: report.json, text: report.text)
        if !report.isReady { throw ExitCode.findings }
    }
}
