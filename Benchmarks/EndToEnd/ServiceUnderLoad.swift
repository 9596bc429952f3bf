// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Delivery
import Foundation
import HooklineApp
import Messages
import Rules
import SQLiteOutbox
import ServiceConfiguration

/// A whole service in this process: its configuration, its rules and its database are files in a folder of its own.
struct ServiceUnderLoad {
    let service: HooklineService
    /// The messages whose acceptance by the partner is in the store.
    let settled: Tally

    /// Sets a service up; it does not run yet.
    ///
    /// - Parameters:
    ///   - folder: An empty folder.
    ///   - store: Where events and messages live, as the configuration says it.
    ///   - partnerPort: Where the partner listens on this machine.
    /// - Throws: ``BenchmarkError`` when the service does not take its files, which is a mistake in these sources.
    init(in folder: URL, store: String = "sqlite:hookline.db", partnerPort: Int) async throws {
        let configuration = folder.appending(path: "hookline.yaml")
        try Data(OrderWorkload.rules.utf8).write(to: folder.appending(path: "rules.yaml"))
        try Data(Self.configuration(store, partnerPort).utf8).write(to: configuration)
        var reader = SettingsReader(path: configuration.path)
        let (settings, diagnostics) = reader.read()
        guard let settings else { throw BenchmarkError(diagnostics.map(\.description).joined(separator: "\n")) }
        let settled = Tally("settled messages")
        service = try await HooklineService(
            settings: settings,
            logger: .silent,
            observer: SettlementObserver(settled: settled),
            handlesSignals: false
        )
        self.settled = settled
    }

    /// How many transactions a store in a file has committed.
    var commits: Int { (service.store as? SQLiteOutbox)?.commits ?? 0 }

    private static func configuration(_ store: String, _ partnerPort: Int) -> String {
        """
        listen: 127.0.0.1:0
        admin: {listen: "127.0.0.1:0"}
        store: "\(store)"
        rules: rules.yaml
        accounts:
          main:
            base_url: http://127.0.0.1:\(partnerPort)/api/v1/public
            api_key: benchmark-key
            api_secret: benchmark-secret
            max_in_flight: 64
        sources:
          \(OrderWorkload.source):
            secrets: ["\(OrderWorkload.secret)"]
            country: IN
            event_type: body.event
            event_id: body.id
        """
    }
}

/// Counts the messages that the partner took.
private struct SettlementObserver: DeliveryObserver {
    let settled: Tally

    func observe(_ event: DeliveryEvent) {
        guard case .settled(_, .accepted, .settled) = event else { return }
        settled.add()
    }
}
