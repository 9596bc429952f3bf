// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI

// What the loop hears from others than attempts: a person who resumes, templates that are approved again, an earlier run.

extension DispatchLoop {
    /// Something that messages of an account wait for, and that has happened.
    struct News {
        let account: String
        /// `nil` for all that they may wait for.
        let condition: String?
        let reason: String
    }

    /// Lets templates go on that are approved again.
    mutating func lookAtTemplates() {
        let (hints, clock) = (dispatcher.templates, dispatcher.clock)
        let approved = throttle.lookAtTemplates(
            { template, account, after in
                hints.approval(template, account).flatMap { known in
                    known.readAt > clock.wallTime(ofSteady: after) ? known.isApproved : nil
                }
            },
            at: steady
        )
        for (account, template) in approved {
            let condition = Holds.condition(ofTemplate: template)
            news.append(News(account: account, condition: condition, reason: "the template is approved again"))
        }
    }

    /// Tells the store what has happened, some of the messages at each turn.
    mutating func tell() async {
        guard let first = news.first, drainEnds == nil else { return }
        let (store, time, limit) = (dispatcher.store, now, 500)
        let told = await Self.attempting { () throws(StoreError) in
            try await store.hasten(first.account, first.condition, because: first.reason, at: time, limit: limit)
        }
        storeFailure = failure(of: told)
        guard case .success(let count) = told else { return }
        if count < limit { news.removeFirst() }
        if count > 0 { watch.rang() }
    }

    /// Takes over what an earlier run left behind; until it has, nothing is claimed.
    mutating func remember() async {
        let (store, accounts) = (dispatcher.store, dispatcher.accounts.map(\.name))
        let since = now.advanced(by: .zero - throttle.paces.memory)
        let read = await Self.attempting { () throws(StoreError) in
            try await store.paceMemory(of: accounts, since: since)
        }
        storeFailure = failure(of: read)
        guard case .success(let memory) = read else { return }
        let (now, steady) = (now, steady)
        throttle.remember(memory) { steady.advanced(by: now.duration(to: $0)) }
        remembers = true
    }

    /// Lets go on what a person resumed.
    mutating func resume() {
        for account in dispatcher.takeResumptions() {
            for part in throttle.resume(account) {
                dispatcher.announce(resumed: part, of: account)
                let reason = "a person let \(part.subject) go on"
                news.append(News(account: account, condition: part.rawValue, reason: reason))
            }
        }
    }
}
