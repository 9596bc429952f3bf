// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Logging
import Outbox

extension StoreOutage.Line {
    /// What the log says of who asks the store: that it failed, that it still fails, that it works again.
    struct Words: Sendable {
        let failed: Logger.Message
        let failsStill: Logger.Message
        let works: Logger.Message

        /// Of messages that are settled and claimed.
        static let ofMessages = Words(
            failed: "the store failed",
            failsStill: "the store still fails",
            works: "the store works again"
        )
        /// Of the look that a node takes again and again, also where it has nothing to send.
        static let ofJobs = Words(
            failed: "the jobs cannot be read",
            failsStill: "the jobs still cannot be read",
            works: "the jobs can be read again"
        )
    }

    /// Writes it.
    func tell(_ words: Words, to logger: Logger) {
        switch self {
        case .began(let error): logger.error(words.failed, metadata: Self.metadata(error))
        case .goesOn(let error, let failures, let span):
            let known = Self.metadata(failures, span)
            logger.error(words.failsStill, metadata: known.merging(Self.metadata(error)) { $1 })
        case .ended(let failures, let span): logger.notice(words.works, metadata: Self.metadata(failures, span))
        }
    }

    private static func metadata(_ error: StoreError) -> Logger.Metadata {
        ["code": "\(error.code)", "reason": "\(error.reason)"]
    }

    private static func metadata(_ failures: Int, _ span: Duration) -> Logger.Metadata {
        ["failures": "\(failures)", "seconds": "\(Int(span.inSeconds))"]
    }
}
