// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Outbox

/// A target that is made when the copy begins: for a rehearsal, which writes nothing.
package struct NoStoreYet: CopyingStore {
    package let name: String

    package init(name: String) {
        self.name = name
    }

    private var refusal: StoreError { StoreError(.cannotOpen, "\(name) is not there yet") }

    package func mark() throws(StoreError) -> String { throw refusal }

    package func count(_ table: CopiedTable) -> Int { 0 }

    package func page(of table: CopiedTable, after place: CopiedPlace?, within bounds: CopyBounds) -> CopiedPage {
        CopiedPage(rows: [], place: nil)
    }

    package func standing() -> CopyStanding { .empty }

    package func begin(from source: String, mark: String) throws(StoreError) { throw refusal }

    package func discard() throws(StoreError) { throw refusal }

    package func write(
        _ rows: [CopiedRow],
        to table: CopiedTable,
        _ progress: CopyStanding.Progress
    ) throws(StoreError) { throw refusal }

    package func finish() throws(StoreError) { throw refusal }

    package func requireIdle() {}

    package func close() {}
}
