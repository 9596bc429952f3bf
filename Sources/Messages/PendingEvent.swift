// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// An accepted event whose rules cannot be evaluated before something was looked up.
package struct PendingEvent: Hashable, Sendable {
    /// The event as it was accepted.
    package let event: NewEvent
    /// What its rules will see, as JSON, without what is looked up; of a batch the one event's part.
    package let payload: [UInt8]
    /// How many look-ups have failed.
    package let failures: Int
    /// Since when it is tried: its arrival, or when a person had it tried again.
    package let since: Timestamp

    package init(event: NewEvent, payload: [UInt8], failures: Int, since: Timestamp) {
        self.event = event
        self.payload = payload
        self.failures = failures
        self.since = since
    }

    /// When an event is to be tried next.
    package struct Due: Hashable, Sendable {
        /// Which event.
        package let event: EventID
        /// Not before that time.
        package let at: Timestamp

        package init(event: EventID, at: Timestamp) {
            self.event = event
            self.at = at
        }
    }
}

/// How the waiting of an event ended: its rules were evaluated, or it was given up.
package struct LateEvaluation: Sendable {
    /// Which event.
    package let event: EventID
    /// What became of it.
    package let disposition: Disposition
    /// The messages that the rules built for it, in the order of the rules.
    package let messages: [NewMessage]
    /// The digests that it goes into.
    package let digests: DigestItems
    /// The messages that rules could not build.
    package let failures: [FailedMessage]
    /// What it does beside its messages, before these begin.
    package let sideEffects: SideEffects
    /// What was looked up, as JSON; `nil` when nothing was.
    package let result: [UInt8]?

    package init(
        event: EventID,
        disposition: Disposition,
        messages: [NewMessage] = [],
        digests: DigestItems = .none,
        failures: [FailedMessage] = [],
        sideEffects: SideEffects = .none,
        result: [UInt8]? = nil
    ) {
        self.event = event
        self.disposition = disposition
        self.messages = messages
        self.digests = digests
        self.failures = failures
        self.sideEffects = sideEffects
        self.result = result
    }
}

/// Why an event's look-up cannot be asked for again.
package enum ResumptionRefusal: Error, Hashable, CustomStringConvertible {
    /// Its rules need none.
    case nothingToLookUp(EventID)
    /// It has succeeded.
    case evaluated(EventID)

    package var description: String {
        switch self {
        case .nothingToLookUp(let id): "nothing is looked up for the event '\(id)'"
        case .evaluated(let id): "the rules were evaluated already for the event '\(id)'"
        }
    }
}

extension Disposition {
    /// What becomes of an event whose look-up a person wants tried again.
    ///
    /// - Parameters:
    ///   - id: Which event.
    ///   - current: What had become of it.
    ///   - isLookedUp: Whether its rules need a look-up.
    /// - Returns: It waits again.
    /// - Throws: When there is nothing to try.
    package static func resumed(
        _ id: EventID,
        from current: Name,
        isLookedUp: Bool
    ) throws(ResumptionRefusal) -> Disposition {
        guard isLookedUp else { throw .nothingToLookUp(id) }
        guard current == .pending || current == .failed else { throw .evaluated(id) }
        return .pending(reason: "its look-up was asked for again")
    }
}

/// What an event's record says of its look-up.
package struct LookUpRecord: Hashable, Sendable {
    /// How many tries have failed.
    package let failures: Int
    /// When it is tried next; `nil` when it is over.
    package let dueAt: Timestamp?
    /// What was found, as JSON; `nil` when nothing was.
    package let result: [UInt8]?

    package init(failures: Int, dueAt: Timestamp?, result: [UInt8]?) {
        self.failures = failures
        self.dueAt = dueAt
        self.result = result
    }
}
