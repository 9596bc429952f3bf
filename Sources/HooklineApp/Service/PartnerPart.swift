// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
internal import Events
internal import Foundation
internal import Logging
internal import LookUps
internal import Messages
internal import Outbox
internal import PartnerClient
internal import ServiceConfiguration
internal import ServiceLifecycle
internal import TemplateCatalogues

/// The clients: the partner's with its templates, and the one for everybody else.
struct PartnerPart: Sendable {
    let client: PartnerHTTPClient
    let templates: TemplateCatalogueService
    /// For senders' APIs and certificates: what hangs there takes no connection from the partner, and the
    /// certificates that are trusted for the partner are not meant for them.
    let outside: CurlHTTPTransport
    private let transport: CurlHTTPTransport

    /// Sets the clients up; nobody is asked yet.
    ///
    /// - Parameter context: The configuration, and what all parts share.
    /// - Throws: ``StartError`` when libcurl refuses an option, or an account is none.
    init(_ context: ServiceContext) throws(StartError) {
        do {
            transport = try CurlHTTPTransport(TransportOptions(context.settings))
            client = try PartnerHTTPClient(context.settings, transport: transport, clock: context.clock) {
                [reckoned = context.reckoned] answer in
                // While the machine's clock is in doubt, the dates of the answers speak for it.
                if reckoned.doubt != nil, let date = answer.date { reckoned.hear(date) }
            }
        } catch {
            throw StartError(.partner, ["the partner's client: \(error)"])
        }
        do {
            let concurrency = context.settings.lookUps.count * LookUpQueue.concurrency
            outside = try CurlHTTPTransport(TransportOptions(outside: context.settings, concurrency: concurrency))
        } catch {
            throw StartError(.partner, ["the client for senders' APIs: \(error)"])
        }
        templates = TemplateCatalogueService(
            context.settings,
            client: client,
            clock: context.clock,
            logger: context.logger
        )
    }

    var services: [any Service] { [templates] }

    /// Ends all connections.
    func close() async {
        await outside.shutdown()
        await transport.shutdown()
    }
}

extension TemplateCatalogueService {
    /// A templates for the accounts of the configuration, with its copies beside the store.
    fileprivate convenience init(_ settings: Settings, client: PartnerHTTPClient, clock: any WallClock, logger: Logger)
    {
        self.init(
            accounts: settings.accounts.map { Account(name: $0.name, baseURL: $0.partner.baseURL) },
            cache: TemplateCache(beside: settings.store),
            client: client,
            clock: clock,
            logger: logger
        )
    }
}

extension TemplateCache {
    /// The cache beside a store.
    fileprivate init(beside store: Settings.StoreLocation) {
        switch store {
        case .sqlite(let path): self.init(folder: URL(filePath: path + ".templates"))
        case .postgres(let settings): self.init(folder: URL(filePath: settings.templates))
        }
    }
}
