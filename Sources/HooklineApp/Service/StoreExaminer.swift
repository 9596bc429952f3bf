// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CoreMetrics
package import Logging
package import Outbox
internal import ServiceLifecycle

/// Goes on looking for damage in a store that was too big to be examined whole before the service began.
///
/// A big store would keep senders waiting otherwise, at each start. One that is damaged ends the service, as it would have
/// kept it from beginning.
package struct StoreExaminer: Service {
    /// Looks for damage for so long.
    package typealias Examine = @Sendable (Duration) async throws(StoreError) -> StoreExamination

    private let examine: Examine
    private let begun: StoreExamination?
    private let gauge: Gauge
    private let logger: Logger

    /// How long is looked for damage beside the service: as long as one look lasts, the log is not cut.
    private static let limit: Duration = .seconds(5)

    /// An examiner, to be run once.
    ///
    /// - Parameters:
    ///   - examination: What was found before the service began; one that is damaged was not opened.
    ///   - metrics: Where it says whether all was examined.
    ///   - logger: Receives what was found.
    ///   - examine: Looks for damage.
    package init(
        begunWith examination: StoreExamination?,
        metrics: any MetricsFactory,
        logger: Logger,
        examine: @escaping Examine
    ) {
        self.examine = examine
        begun = examination
        gauge = Gauge(label: "hookline_store_examined", dimensions: [], factory: metrics)
        self.logger = logger
        gauge.record(examination == .sound ? 1 : 0)
    }

    package func run() async throws {
        if begun != .sound { try await cancelWhenGracefulShutdown { try await self.goOn() } }
        // A service that ends before it is asked to would end all others.
        try? await gracefulShutdown()
    }

    /// A look that fails for another reason than damage says so, and ends nothing: the work does not hang on it.
    private func goOn() async throws {
        let found: StoreExamination
        do throws(StoreError) {
            found = try await examine(Self.limit)
        } catch {
            logger.warning("the store could not be examined", metadata: ["reason": "\(error.reason)"])
            return
        }
        switch found {
        case .sound: gauge.record(1)
        case .flawed(let finding):
            gauge.record(1)
            logger.warning("a flaw of the store costs time, and loses nothing", metadata: ["finding": "\(finding)"])
        case .unfinished where Task.isCancelled: break
        case .unfinished:
            logger.notice("the store is too big to be examined whole at the start; 'hookline doctor' examines it")
        case .damaged(let finding):
            let advice = "keep it with its -wal, put a backup in their place (docs/operations.md, Backup)"
            logger.critical("the store is damaged; the service ends", metadata: ["finding": "\(finding)"])
            throw StartError(.store, ["the store is damaged: \(finding); \(advice)"])
        }
    }
}
