// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import NIOConcurrencyHelpers

/// Wakes the one loop that waits at it; rings while nobody waits are kept, as one.
package final class Doorbell: Sendable {
    private enum State {
        case silent
        case rung
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = NIOLockedValueBox(State.silent)

    package init() {}

    /// Wakes the loop, now or when it comes back to wait.
    package func ring() {
        let waiter = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            guard case .waiting(let continuation) = state else {
                state = .rung
                return nil
            }
            state = .silent
            return continuation
        }
        waiter?.resume()
    }

    /// Returns when it rings; a cancelled task waits on, for what must not be left half done.
    package func untilRung() async {
        await withCheckedContinuation { continuation in
            let isRung = state.withLockedValue { state in
                switch state {
                case .rung:
                    state = .silent
                    return true
                case .silent:
                    state = .waiting(continuation)
                    return false
                case .waiting:
                    preconditionFailure("only one loop waits at a doorbell")
                }
            }
            if isRung { continuation.resume() }
        }
    }

    /// Returns when it rings, at a time of the clock's steady line, or when the task is cancelled.
    package func untilRung(orSteady deadline: Timestamp, on clock: any WallClock) async {
        await withTaskCancellationHandler {
            await withTaskGroup { group in
                group.addTask {
                    guard (try? await clock.sleep(untilSteady: deadline)) != nil else { return }
                    self.ring()
                }
                await self.untilRung()
                group.cancelAll()
            }
        } onCancel: {
            ring()
        }
    }
}
