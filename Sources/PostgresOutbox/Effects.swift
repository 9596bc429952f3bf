// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import NIOConcurrencyHelpers
import Outbox

/// What a transaction left behind that others hear of after its commit, and what it goes by on the way.
struct Effects {
    /// Whether some message got a due time, so that those who send have to be woken.
    var wakes = false
    /// When the first message is due that got in line.
    private(set) var due: Timestamp?
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

    /// A message got in line.
    mutating func put(due: Timestamp?) {
        if let due { self.due = min(due, self.due ?? due) }
    }

    /// What is found may stem from a commit of this node that nobody answered, and woke nobody.
    mutating func mayHaveCommitted() {
        (wakes, wakesBuilder, due) = (true, true, Timestamp(seconds: 0))
    }
}

/// Who hears of what was committed.
final class Bells: Sendable {
    let wakeUps = WakeUps()
    let reportedCodes = Calls<[ReportedCode]>(keeping: ReportedCode.mostKept)
    let floors = NIOLockedValueBox(ClaimFloors())

    /// Tells what a transaction left behind, after its commit.
    func ring(_ effects: Effects) {
        if let due = effects.due {
            hear(due)
            wakeUps.put(due)
        }
        if effects.wakes { wakeUps.ring() }
        if effects.wakesBuilder { wakeUps.ringDigests() }
        if !effects.reportedCodes.isEmpty { reportedCodes.ring(effects.reportedCodes) }
    }

    /// Something got in line, on whichever node; called after its commit.
    func hear(_ due: Timestamp) {
        floors.withLockedValue { $0.put(due, at: .now) }
    }

    /// Ends all streams.
    func close() {
        wakeUps.close()
        reportedCodes.close()
    }
}
