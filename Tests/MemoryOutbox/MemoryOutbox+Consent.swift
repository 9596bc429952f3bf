// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

// The ledger of consent.

extension MemoryOutbox {
    package func doubts(limit: Int) async throws(StoreError) -> [ConsentDoubt] {
        try read { book in
            let open = book.doubts.reversed().filter { doubt in
                !book.consents.contains { $0.element.recipient == doubt.recipient && $0.element.at >= doubt.at }
            }
            return Array(open.prefix(limit))
        }
    }

    package func traces(of recipient: String, searchingBodies: Bool) async throws(StoreError) -> Erasure {
        try read { $0.traces(of: ConsentEntry.subject(recipient), searchingBodies: searchingBodies).counts }
    }

    package func erase(
        _ recipient: String,
        searchingBodies: Bool,
        on order: ErasureOrder
    ) async throws(StoreError) -> Erasure {
        try write { book throws(StoreError) in
            let subject = ConsentEntry.subject(recipient)
            let erased = try book.erase(subject, searchingBodies: searchingBodies, at: order.at)
            book.audit.append((book.nextSeq(), order.line(erased)))
            return erased
        }
    }

    package func lastInbound(of recipient: String, to account: String) async throws(StoreError) -> Timestamp? {
        try read { $0.lastInbound(of: ConsentEntry.subject(recipient), to: account) }
    }

    package func suggestions(limit: Int) async throws(StoreError) -> [ConsentSuggestion] {
        try read { book in
            let found = book.undeliverable.filter { subject, failures in
                failures.count >= ConsentSuggestion.least && book.optOuts(of: subject).isEmpty
            }
            let all = found.map { ConsentSuggestion(recipient: $0, failures: $1.count, at: $1.at) }
            return Array(all.sorted { $0.at > $1.at }.prefix(limit))
        }
    }

    package func openConsent(upTo most: Int) async throws(StoreError) -> OpenConsent {
        OpenConsent(
            doubts: try await doubts(limit: most).count,
            suggestions: try await suggestions(limit: most).count
        )
    }

    package func consents(_ filter: ConsentFilter) async throws(StoreError) -> Page<ConsentEntry> {
        try read { book in
            var found = book.consents.filter { line in
                filter.recipient.map { [$0, Book.erasedName(of: $0)].contains(line.element.recipient) } ?? true
            }
            if filter.isStanding {
                found.removeAll { !book.optOuts(of: $0.element.recipient).contains($0.element) }
            }
            return Page(found, limit: filter.limit, after: filter.cursor)
        }
    }
}

extension Book {
    /// What a closed window makes of a message; `nil` while it is open, or nobody knows.
    func closedWindow(of record: MessageRecord, at now: Timestamp) -> Hold? {
        guard record.needsWindow, let subject = record.subject else { return nil }
        return ServiceWindow.hold(lastInbound: lastInbound(of: subject, to: record.message.account), at: now)
    }

    /// When a recipient last wrote to an account, or to a number of nobody knows whom.
    func lastInbound(of subject: String, to account: String) -> Timestamp? {
        [account, ""].compactMap { conversations[ScopedKey(scope: $0, key: subject)] }.max()
    }

    /// Writes down what one of Meta's codes says about the recipient of a message.
    mutating func note(
        _ code: Int,
        of record: MessageRecord,
        by teller: RecipientCode.Teller,
        at time: Timestamp,
        now: Timestamp
    ) throws(StoreError) {
        guard let kind = RecipientCode(code), let subject = record.subject else { return }
        switch kind {
        case .stoppedMarketing:
            let entry = kind.entry(of: subject, account: record.message.account, by: teller, at: time)
            _ = try self.record(entry, at: now)
        case .undeliverable:
            let known = undeliverable[subject]
            undeliverable[subject] = ((known?.count ?? 0) + 1, max(known?.at ?? time, time))
        }
    }

    /// Writes down what a recipient told.
    mutating func take(
        _ heard: Heard,
        stopping scope: ConsentScope,
        from event: EventID,
        at now: Timestamp
    ) throws(StoreError) -> ConsentReceipt? {
        if heard.isMessage {
            let name = ScopedKey(scope: heard.account ?? "", key: heard.recipient)
            conversations[name] = max(conversations[name] ?? heard.at, heard.at)
        }
        if let text = heard.doubt {
            let (recipient, at) = (heard.recipient, heard.at)
            doubts.append(ConsentDoubt(recipient: recipient, at: at, text: text, source: heard.source, event: event))
        }
        let standing = optOuts(of: heard.recipient)
        guard let entry = heard.entry(stopping: scope, event: event, standing: standing) else { return nil }
        return try record(entry, at: now)
    }

    /// Writes a line, unless it says nothing new.
    mutating func record(_ entry: ConsentEntry, at now: Timestamp) throws(StoreError) -> ConsentReceipt {
        guard entry.isNews(to: consents(of: entry.recipient)) else { return ConsentReceipt(known: 1) }
        consents.append((nextSeq(), entry))
        var receipt = ConsentReceipt(added: 1)
        guard entry.decision == .optedOut else { return receipt }
        let standing = optOuts(of: entry.recipient)
        for var row in messages.values where row.record.subject == entry.recipient {
            let state = row.record.message.state
            let late = row.record.noteTooLate(standing, at: now)
            let entries = state == .queued ? late : late + row.record.suppress(by: standing, at: now)
            guard !entries.isEmpty else { continue }
            try put(row, entries)
            if late.isEmpty { receipt.suppressed += 1 } else { receipt.tooLate += 1 }
        }
        return receipt
    }

    /// All lines about a recipient, in the order in which they came.
    fileprivate func consents(of subject: String) -> [ConsentEntry] {
        let names = [subject, Self.erasedName(of: subject)]
        return consents.map(\.element).filter { names.contains($0.recipient) }
    }

    /// What stands of a recipient.
    func optOuts(of subject: String?) -> [ConsentEntry] {
        subject.map { ConsentEntry.standing(consents(of: $0)) } ?? []
    }
}
