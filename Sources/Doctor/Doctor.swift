// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import CurlTransport
package import Events
internal import Foundation
internal import Messages
internal import NIOConcurrencyHelpers
internal import PartnerAPI
internal import PartnerClient
internal import PhoneNumbers
internal import Rules
package import ServiceConfiguration
internal import Webhooks

/// Looks at everything that a service needs, and reports what is wrong; changes nothing.
package struct Doctor: Sendable {
    private let path: String
    private let environment: SettingsEnvironment
    private let clock: any WallClock

    /// A doctor for one configuration.
    ///
    /// - Parameters:
    ///   - path: The configuration's file.
    ///   - environment: What it may refer to.
    ///   - clock: The clock that is looked at, too.
    package init(
        configuration path: String,
        environment: SettingsEnvironment = .process,
        clock: any WallClock = SystemClock()
    ) {
        self.path = path
        self.environment = environment
        self.clock = clock
    }

    /// Looks at everything; a configuration with errors ends it there.
    ///
    /// - Returns: The findings, in the order configuration, numbering plans, files, certificates, rules, store, clock, accounts, sources,
    ///   service.
    package func run() async -> DoctorReport {
        var reader = SettingsReader(path: path, environment: environment)
        let (settings, diagnostics) = reader.read()
        let configuration = Self.findings(path, settings, diagnostics)
        guard let settings else { return DoctorReport(configuration) }
        let notUsed = settings.useNumberingPlans().map { DoctorReport.Finding("numbering plans", .wrong, $0) }
        let plans = PlansCheck(plans: NumberingPlans.inUse, now: clock.now).findings + [notUsed].compactMap(\.self)
        let uses = RuleFolder.load([settings.rules]).rules?.templateUses(for: settings.sources.map(\.name)) ?? []
        let (partners, comparison) = await partners(settings, uses)
        let store = await StoreInspection(settings, clock: clock).run()
        let service = await ServiceCheck.ask(settings.inner, patience: .seconds(5))
        let clock = ClockCheck(now: clock.now, comparison: comparison, lastTime: store.lastTime)
        return DoctorReport(
            configuration + plans + access(settings, reader).findings
                + CertificateCheck.all(settings, now: self.clock.now, environment).flatMap(\.findings)
                + RulesCheck(settings).findings
                + store.check.findings + clock.findings + partners
                + store.sources.flatMap(\.findings) + service.findings
        )
    }

    private func access(_ settings: Settings, _ reader: SettingsReader) -> AccessCheck {
        AccessCheck(
            configuration: path,
            rules: settings.rules,
            database: StoreInspection.file(settings.store),
            secrets: reader.secretFiles,
            keys: reader.keyFiles
        )
    }

    static func findings(
        _ path: String,
        _ settings: Settings?,
        _ diagnostics: [Diagnostic]
    ) -> [DoctorReport.Finding] {
        let found = diagnostics.map { diagnostic in
            DoctorReport.Finding(
                "configuration",
                diagnostic.severity == .error ? .wrong : .note,
                diagnostic.description
            )
        }
        guard let settings else { return found }
        let sentence =
            "\(path) is valid: \(settings.accounts.count.counted("account")), "
            + settings.sources.count.counted("source")
        return [.init("configuration", .fine, sentence)] + found
    }

    private func partners(
        _ settings: Settings,
        _ uses: [TemplateUse]
    ) async -> ([DoctorReport.Finding], ClockCheck.Comparison?) {
        do throws(PartnerAccessError) {
            return try await PartnerAccess.withTransport(settings) { transport in
                let comparison = NIOLockedValueBox<ClockCheck.Comparison?>(nil)
                let answers = await Self.templates(settings, transport) { [clock] answer in
                    guard let date = answer.date else { return }
                    comparison.withLockedValue { $0 = ClockCheck.Comparison(partner: date, ours: clock.now) }
                }
                return (PartnerCheck.all(answers, uses: uses).flatMap(\.findings), comparison.withLockedValue { $0 })
            }
        } catch {
            return ([.init("partner", .wrong, "the partner's client: \(error.reason); check 'transport'")], nil)
        }
    }

    private static func templates(
        _ settings: Settings,
        _ transport: any BatchTransport,
        onAnswer: @escaping @Sendable (TransferResponse) -> Void
    ) async -> [(account: String, answer: Result<TemplateCatalogue, PartnerClientError>)] {
        var answers: [(account: String, answer: Result<TemplateCatalogue, PartnerClientError>)] = []
        for account in settings.accounts.map(\.name) {
            do throws(PartnerClientError) {
                let client = try PartnerHTTPClient(settings, transport: transport, onAnswer: onAnswer)
                answers.append((account, .success(try await client.templates(account: account))))
            } catch {
                answers.append((account, .failure(error)))
            }
        }
        return answers
    }
}
