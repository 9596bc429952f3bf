// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Enrichment
package import Events
package import HTTPValues
package import Logging
package import PartnerClient
package import PhoneNumbers
package import Webhooks

/// The configuration of a service, checked: what stands here can be used as it is.
package struct Settings: Sendable {
    /// Where senders post to.
    package var listen: ListenAddress
    /// Health, readiness and metrics.
    package var adminListen: ListenAddress
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
    /// Who posts to us, in the order of the file.
    package var sources: [Source]
    /// What is looked up for thin events, by source.
    package var lookUps: [String: LookUpSettings]
    /// How connections to the partner are made.
    package var transport: TransportSettings
    /// How long settled messages and their events are kept.
    package var retention: Duration
    /// How long a shutdown waits for requests that have left.
    package var drain: Duration
    /// The least important lines that are logged.
    package var logLevel: Logger.Level
    /// How log lines look.
    package var logFormat: LogFormat

    /// Where events and messages live.
    package enum StoreLocation: Hashable, Sendable {
        /// One SQLite database in this file.
        case sqlite(path: String)
    }

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
}

/// What is looked up for the events of one source before their rules are evaluated.
package struct LookUpSettings: Sendable {
    /// How long a look-up is tried when the configuration does not say: a day.
    static let defaultPeriod: Duration = .seconds(86_400)

    /// The look-ups.
    package let enrichment: Enrichment
    /// How long an event's look-up is tried.
    package let period: Duration
}

/// How connections to the partner are made, for all accounts.
package struct TransportSettings: Hashable, Sendable {
    /// How long name, connection and TLS may take together.
    package var connectTimeout: Duration = .seconds(5)
    /// How long a whole request may take, waiting for a connection included.
    package var timeout: Duration = .seconds(30)
    /// Certificates to trust instead of the system's, as a PEM file.
    package var certificateAuthorities: String?
    /// Whether HTTP/2 is offered.
    package var offersHTTP2 = false
}

/// Credentials of the partner API, and how fast they may be used.
package struct AccountSettings: Sendable {
    /// Where the partner API is, and the workspace's key.
    package let partner: PartnerAccount
    /// How many messages in which time; `nil` for as many as the partner takes.
    package let rate: Rate?
    /// The most requests at the same time.
    package let maxInFlight: Int

    /// The name in the configuration.
    package var name: String { partner.name }
}
