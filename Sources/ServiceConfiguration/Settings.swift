// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Enrichment
package import Events
package import HTTPValues
package import Logging
package import Messages
package import PartnerClient
package import PhoneNumbers
package import Rules
package import TLS
package import Webhooks

/// The configuration of a service, checked: what stands here can be used as it is.
package struct Settings: Sendable {
    /// Where senders post to.
    package var listen: ListenAddress
    /// Who the listener for senders is; it speaks plain HTTP where that is `nil`.
    package var tls: TLSFiles?
    /// Whose word on who a client is counts, at both listeners.
    package var trustedProxies = AddressList()
    /// Whether each connection to the listener for senders begins with a header of the PROXY protocol.
    package var takesProxyHeader = false
    /// Health, readiness and metrics.
    package var adminListen: ListenAddress
    /// Who the inner listener is; it speaks plain HTTP where that is `nil`.
    package var adminTLS: TLSFiles?
    /// Names by which browsers and programs may speak to the admin API, beside `localhost` and addresses.
    package var adminHosts: [String]
    /// How often a token of the admin API may ask.
    package var adminRate: Rate
    /// What a proxy leaves in front of the console's path; empty for nothing.
    package var adminBasePath: String
    /// Where events and messages live.
    package var store: StoreLocation
    /// How long a sender waits for a store that another process holds.
    package var storeTimeout: Duration
    /// The folder (or file) of rules.
    package var rules: String
    /// Numbering plans of a file; `nil` for the built-in ones.
    package var numberingPlans: NumberingPlans?
    /// The credentials to send with, in the order of the file; the first is the default.
    package var accounts: [AccountSettings]
    /// The portfolios that have a limit, in the order of the file.
    package var portfolios: [PortfolioSettings] = []
    /// The limits over all rules, in the order of the file.
    package var limits: [NamedLimit] = []
    /// Who posts to us, in the order of the file.
    package var sources: [Source]
    /// What is looked up for thin events, by source.
    package var lookUps: [String: LookUpSettings]
    /// When the files of a source's secrets were last written, by source and by the secret's name.
    ///
    /// Of one in a variable or in the configuration nobody knows since when it stands there, and systemd writes a credential
    /// anew at each start: they are not in here.
    package var secretsWritten: [String: [String: Timestamp]] = [:]
    /// The words by which recipients stop messages.
    package var consent = ConsentSettings()
    /// How connections to the partner are made.
    package var transport: TransportSettings
    /// How long settled messages and their events are kept.
    package var retention: Duration
    /// How long what they say is kept; `nil` for as long as they are.
    package var retentionOfContents: Duration?
    /// How long refused requests are kept.
    package var retentionOfRefused: Duration = .zero
    /// What commands show of personal data.
    package var privacy = PrivacySettings()
    /// Where traces go.
    package var tracing = TracingSettings()
    /// How long a shutdown waits for requests that have left.
    package var drain: Duration
    /// How long a process may be silent before what it sends is taken over; longer where an attempt may take longer.
    package var lease: Duration
    /// How long a shutdown goes on accepting before that, while `/readyz` says that it stops.
    package var shutdownDelay: Duration
    /// The least important lines that are logged.
    package var logLevel: Logger.Level
    /// How log lines look.
    package var logFormat: LogFormat

    /// How log lines look.
    package enum LogFormat: String, CaseIterable, Sendable {
        /// For people.
        case text
        /// One object a line.
        case json
    }

    /// Logs what is for developers, too.
    package mutating func beVerbose() { logLevel = .debug }

    /// The account that rules use when they name none.
    package var defaultAccount: String? { accounts.first?.name }

    /// Whether a source tells what becomes of messages.
    package var linksReports: Bool { sources.contains { $0.preset.feedback?.status != nil } }

    /// Whether a source passes on what recipients write.
    package var knowsWindows: Bool { sources.contains { $0.preset.feedback?.inbound != nil } }

    /// The most requests to the partner at the same time: what all accounts together may have on their way.
    package var maxInFlight: Int { accounts.reduce(0) { $0 + $1.maxInFlight } }
}

/// The words by which recipients stop messages, beside those that Hookline knows.
package struct ConsentSettings: Hashable, Sendable {
    /// More words that stop all messages.
    package var stop: [String] = []
    /// More words that stop marketing.
    package var stopMarketing: [String] = []
    /// More words that take a STOP back.
    package var start: [String] = []
    /// Words that mean nothing here.
    package var without: [String] = []
    /// What a STOP is about.
    package var scope = ConsentScope.allButAuthentication

    /// All words.
    package var words: StopWords {
        StopWords(stop: stop, marketing: stopMarketing, start: start, without: without)
    }
}

/// What is looked up for the events of one source before their rules are evaluated.
package struct LookUpSettings: Sendable {
    /// How long a look-up is tried when the configuration does not say: a day.
    package static let defaultPeriod: Duration = .seconds(86_400)

    /// The look-ups.
    package let enrichment: Enrichment
    /// How long an event's look-up is tried.
    package let period: Duration
}

/// What commands show of the personal data in events and messages.
package struct PrivacySettings: Hashable, Sendable {
    /// Whether numbers that could be phone numbers are hidden.
    package var masksNumbers = false
    /// Fields of payloads that are hidden: names, or paths from the payload's root.
    package var maskedFields: [FieldPath] = []
}

/// How connections to the partner are made, for all accounts.
package struct TransportSettings: Hashable, Sendable {
    /// How long name, connection and TLS may take together.
    package var connectTimeout: Duration = .zero
    /// How long a whole request may take, waiting for a connection included.
    package var timeout: Duration = .zero
    /// Certificates to trust instead of the system's, as a PEM file.
    package var certificateAuthorities: String?
    /// Whether HTTP/2 is offered.
    package var offersHTTP2 = false
}

/// Credentials of the partner API, and how fast they may be used.
package struct AccountSettings: Sendable {
    /// Where the partner API is, and the workspace's key.
    package let partner: PartnerAccount
    /// Meta's id of the number that it sends from; `nil` where it was not said.
    package let numberID: String?
    /// How many messages in which time; `nil` for as many as the partner takes.
    package let rate: Rate?
    /// The same for each of its numbers; `nil` for as many as the partner takes.
    package let numberRate: Rate?
    /// The most requests at the same time.
    package let maxInFlight: Int
    /// The time between two messages to the same recipient; `nil` for none.
    package let pairInterval: Duration?
    /// How many messages to the same recipient may leave at once.
    package let pairBurst: Int
    /// So many uncertain answers a minute are left to the rules.
    package let uncertainLimit: Int

    /// The name in the configuration.
    package var name: String { partner.name }

    /// The same account at another address.
    ///
    /// - Parameter baseURL: Where the partner API is.
    /// - Returns: The account.
    /// - Throws: `PartnerClientError` when it is no address for one.
    package func moved(to baseURL: String) throws(PartnerClientError) -> AccountSettings {
        AccountSettings(
            partner: try PartnerAccount(
                name: partner.name,
                baseURL: baseURL,
                apiKey: partner.apiKey,
                apiSecret: partner.apiSecret,
                headerSpelling: partner.headerSpelling
            ),
            numberID: numberID,
            rate: rate,
            numberRate: numberRate,
            maxInFlight: maxInFlight,
            pairInterval: pairInterval,
            pairBurst: pairBurst,
            uncertainLimit: uncertainLimit
        )
    }
}

/// How many people the accounts of a business portfolio may begin to write to in 24 hours.
package struct PortfolioSettings: Hashable, Sendable {
    /// The name in the configuration.
    package let name: String
    /// So many different recipients.
    package let recipients: Int
    /// The accounts that share it.
    package let accounts: [String]
}

extension Settings {
    /// Settings that nothing was read into yet: the specification fills every one of them.
    init() {
        let nowhere = ListenAddress(host: "", port: 0)
        self.init(
            listen: nowhere,
            adminListen: nowhere,
            adminHosts: [],
            adminRate: Rate(240, per: .seconds(60)),
            adminBasePath: "",
            store: .sqlite(path: ""),
            storeTimeout: .zero,
            rules: "",
            accounts: [],
            sources: [],
            lookUps: [:],
            transport: TransportSettings(),
            retention: .zero,
            drain: .zero,
            lease: .zero,
            shutdownDelay: .zero,
            logLevel: .info,
            logFormat: .text
        )
    }
}

extension Settings {
    /// Reads every phone number with the configuration's numbering plans from here on.
    ///
    /// - Returns: Why that cannot be; `nil` when it is done, or when there is nothing to do.
    package func useNumberingPlans() -> String? {
        do throws(NumberingPlansError) {
            try numberingPlans?.use()
            return nil
        } catch {
            return "numbering_plans: \(error)"
        }
    }

    /// Says in the log which numbering plans phone numbers are read with.
    package static func logNumberingPlans(_ logger: Logger) {
        let plans = NumberingPlans.inUse
        logger.info(
            "phone numbers are read with these numbering plans",
            metadata: [
                "date": "\(plans.day)", "from": "\(plans.source)", "built_in": "\(plans.isBuiltIn)",
            ]
        )
    }
}

/// What `hookline --version` says.
package enum ProgramVersion {
    /// The newest version of CHANGELOG.md.
    package static let number = "0.1.0"

    /// The version, with the day of the numbering plans that are built in.
    package static var text: String { "\(number) (built-in numbering plans of \(NumberingPlans.builtInDay))" }
}

extension Settings {
    /// What the checks of rules know from the configuration; the same for `hookline rules check` and `hookline doctor`.
    package var ruleChecks: RuleCheckOptions {
        RuleCheckOptions(
            sourcesWithCountry: Set(sources.filter { $0.country != nil }.map(\.name)),
            sources: sources.map(\.name),
            senders: KnownSenders(sources: sources)
        )
    }
}

extension KnownSenders {
    /// All presets, and the sources of a configuration.
    ///
    /// - Parameter sources: The configuration's; none where there is no configuration.
    package init(sources: [Source]) {
        let names = Preset.all.flatMap { preset in ([preset.name] + preset.aliases).map { ($0, preset.conventions) } }
        self.init(
            presets: Dictionary(names) { first, _ in first },
            sources: Dictionary(sources.map { ($0.name, $0.preset.conventions) }) { first, _ in first }
        )
    }
}
