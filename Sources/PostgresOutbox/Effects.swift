// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Messages
import Outbox

/// What a transaction left behind that others hear of after its commit, and what it goes by on the way.
struct Effects {
    /// Whether some message got a due time, so that those who send have to be woken.
    var wakes = false
    /// Whether some digest got a due time, so that those who build have to be woken.
    var wakesBuilder = false
    /// What sources reported that those who send have to hear.
    var reportedCodes: [ReportedCode] = []
    /// What sources tell this service.
    let hearing: Hearing

    /// What sources tell this service, as the configuration says it.
    struct Hearing: Hashable, Sendable {
        /// What becomes of messages: those that are stored now can be found by the partner's id.
        var linksReports = false
        /// What recipients write: texts are held against that before they leave.
        var knowsWindows = false
    }

    init(_ hearing: Hearing = Hearing()) {
        self.hearing = hearing
    }

    /// What is found may stem from a commit of this node that nobody answered, and woke nobody.
    mutating func mayHaveCommitted() {
        (wakes, wakesBuilder) = (true, true)
    }
}

/// Who hears of what was committed.
final class Bells: Sendable {
    let wakeUps = WakeUps()
    let reportedCodes = Calls<[ReportedCode]>(keeping: ReportedCode.mostKept)

    /// Tells what a transaction left behind, after its commit.
    func ring(_ effects: Effects) {
        if effects.wakes { wakeUps.ring() }
        if effects.wakesBuilder { wakeUps.ringDigests() }
        if !effects.reportedCodes.isEmpty { reportedCodes.ring(effects.reportedCodes) }
    }

    /// Ends all streams.
    func close() {
        wakeUps.close()
        reportedCodes.close()
    }
}
