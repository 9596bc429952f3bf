// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox
package import PartnerAPI

/// What the delivery services tell of themselves, for tests that wait for it.
package protocol DeliveryObserver: Sendable {
    /// Takes note; called from the service's own task, so it must not wait.
    func observe(_ event: DeliveryEvent)
}

/// Something that a delivery service did.
package enum DeliveryEvent: Hashable, Sendable {
    /// Messages were claimed.
    case claimed([MessageID])
    /// An attempt ended.
    case attemptEnded(MessageID, Outcome.Name)
    /// A message's new state is in the store.
    case settled(MessageID, MessageState, SettlementResult)
    /// An account's credentials were refused.
    case accountPaused(String)
    /// An account sends again.
    case accountResumed(String)
    /// The partner failed so often in a row that an account's messages wait.
    case circuitOpened(String)
    /// The partner answers an account again.
    case circuitClosed(String)
    /// So many answers of an account were uncertain that such messages wait for a person.
    case brakeEngaged(String)
    /// They are left to their rules again.
    case brakeReleased(String)
    /// A part of an account stopped until a person resumes it.
    case partStopped(String, MetaCode.Part)
    /// A person resumed it.
    case partResumed(String, MetaCode.Part)
    /// A source reported one of Meta's codes of a message of the account.
    case reported(String, code: String)
    /// So much of a portfolio's recipients of the day is used.
    case portfolioNearLimit(String, percent: Int)
    /// A message that was claimed has to wait all the same.
    case heldBack(MessageID)
    /// The store did not do what it was asked.
    case storeFailed(StoreError.Code)
    /// The dispatcher has nothing to do until somebody wakes it, or until that time.
    case idle(until: Timestamp)
    /// The dispatcher claims no more; so many requests are on their way.
    case draining(inFlight: Int)
    /// So many messages had lost their worker and were dealt with.
    case rescued(Int)
    /// Somebody set the wall clock by that much, and the store moved so many messages with it.
    case clockFollowed(Duration, messages: Int)
    /// The store was pruned.
    case pruned(Pruned)
    /// A job got on.
    case jobStepped(Job)
    /// The depth of the outbox was measured.
    case measured([MessageState: Int])
}

/// An observer for services that nobody watches.
package struct NoObserver: DeliveryObserver {
    package init() {}

    package func observe(_ event: DeliveryEvent) {}
}
