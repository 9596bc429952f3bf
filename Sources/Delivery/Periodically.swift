// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import ServiceLifecycle

/// Does something at once and then again and again, until a graceful shutdown or a cancellation.
///
/// The pause begins when the work is done, so that slow work does not pile up.
package func periodically(
    every pause: Duration,
    on clock: any WallClock,
    _ work: @escaping @Sendable () async -> Void
) async {
    _ = try? await cancelWhenGracefulShutdown {
        while !Task.isCancelled {
            await work()
            try await clock.sleep(untilSteady: clock.steadyNow.advanced(by: pause))
        }
    }
}
