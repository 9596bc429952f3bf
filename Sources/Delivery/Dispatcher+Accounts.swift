// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Logging
import Messages
import Outbox

extension Dispatcher {
    /// Tells operators, metrics and observers what an attempt's end did to its account; nothing when it did nothing.
    func announce(_ change: AccountThrottle.Change, of account: String, detail: AttemptDetail?) {
        announce(change.pause, account, detail?.reason ?? "")
        announce(change.circuit, account, detail?.reason ?? "")
    }

    /// Tells that somebody set the wall clock.
    func announce(step: Duration) {
        let seconds = Int64(step.inSeconds.rounded())
        logger.warning(
            "the machine's clock was set: pauses and paces go on as they were, and what was due stays due",
            metadata: ["seconds": "\(seconds)"]
        )
        metrics.clockStepped()
    }

    private func announce(_ change: AccountPause.Change, _ account: String, _ reason: String) {
        switch change {
        case .none:
            return
        case .paused:
            logger.error(
                "the partner refuses the account's credentials: its messages wait until it takes them again",
                metadata: ["account": "\(account)", "reason": "\(reason)"]
            )
            observer.observe(.accountPaused(account))
        case .resumed:
            logger.notice("the partner takes the account's credentials", metadata: ["account": "\(account)"])
            observer.observe(.accountResumed(account))
        }
        metrics.paused(change == .paused, account: account)
    }

    private func announce(_ change: CircuitBreaker.Change, _ account: String, _ reason: String) {
        switch change {
        case .none:
            return
        case .opened:
            logger.error(
                "the partner fails again and again: the account's messages wait, one at a time finds out if it is back",
                metadata: ["account": "\(account)", "reason": "\(reason)"]
            )
            observer.observe(.circuitOpened(account))
        case .closed:
            logger.notice("the partner answers again", metadata: ["account": "\(account)"])
            observer.observe(.circuitClosed(account))
        }
        metrics.circuitOpen(change == .opened, account: account)
    }
}
