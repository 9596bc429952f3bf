// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

// The ledger of consent.

extension MemoryOutbox {
    package func record(_ entries: [ConsentEntry], at now: Timestamp) async throws(StoreError) -> ConsentReceipt {
        try write { book throws(StoreError) in
            var receipt = ConsentReceipt()
            for entry in entries { receipt += try book.record(entry, at: now) }
            return receipt
        }
    }

    package func consents(_ filter: ConsentFilter) async throws(StoreError) -> Page<ConsentEntry> {
        try read { book in
            var found = book.consents.filter { filter.recipient.allows($0.element.recipient) }
            if filter.isStanding {
                found.removeAll { !book.optOuts(of: $0.element.recipient).contains($0.element) }
            }
            return Page(found, limit: filter.limit, after: filter.cursor)
        }
    }
}

extension Book {
    /// Writes a line, unless it says nothing new.
    mutating func record(_ entry: ConsentEntry, at now: Timestamp) throws(StoreError) -> ConsentReceipt {
        guard entry.isNews(to: consents(of: entry.recipient)) else { return ConsentReceipt(known: 1) }
        consents.append((nextSeq(), entry))
        var receipt = ConsentReceipt(added: 1)
        guard entry.decision == .optedOut else { return receipt }
        let standing = optOuts(of: entry.recipient)
        for var row in messages.values where row.record.subject == entry.recipient {
            let state = row.record.message.state
            if state == .sending, row.record.hold(against: standing, at: now) != nil { receipt.tooLate += 1 }
            let entries = state == .queued ? [] : row.record.suppress(by: standing, at: now)
            guard !entries.isEmpty else { continue }
            try put(row, entries)
            receipt.suppressed += 1
        }
        return receipt
    }

    /// All lines about a recipient, in the order in which they came.
    fileprivate func consents(of subject: String) -> [ConsentEntry] {
        consents.map(\.element).filter { $0.recipient == subject }
    }

    /// What stands of a recipient.
    func optOuts(of subject: String?) -> [ConsentEntry] {
        subject.map { ConsentEntry.standing(consents(of: $0)) } ?? []
    }
}
