// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
package import Messages
import NIOConcurrencyHelpers
package import Outbox

/// The outbox in memory, for tests that need no file: it keeps the store's contract, and forgets all when it is closed.
///
/// A call works on a copy of the ``Book`` and puts it in place of the old one at its end: it is done wholly or not at
/// all, and no two calls mix. It decides nothing itself: it reads records, asks the law in `Messages`, and writes.
package final class MemoryOutbox: ServiceStore {
    /// `nil` once the store is closed.
    private let book = NIOLockedValueBox<Book?>(Book())
    private let wakeUpCalls = WakeUpCalls()
    let digestWakeUps = WakeUpCalls()
    private let reportCalls = Calls<[ReportedCode]>(keeping: ReportedCode.mostKept)

    /// What a write left behind for others.
    private struct Written<Value> {
        let value: Value
        let wakes: Bool
        let builder: Bool
        let codes: [ReportedCode]
    }

    /// What time it is for keys and for deleting; `nil` where the callers' word counts.
    private let reckoned: ReckonedTime?

    /// A new, empty store.
    ///
    /// - Parameter reckoned: What time it is for keys and for deleting, where the callers' word is not to count.
    package init(reckoned: ReckonedTime? = nil) {
        self.reckoned = reckoned
    }

    /// Reads the book as it is between two writes.
    func read<Value>(_ body: (borrowing Book) -> Value) throws(StoreError) -> Value {
        guard let value = book.withLockedValue({ $0.map { body($0) } }) else { throw Self.closed }
        return value
    }

    /// Changes the book; when the body throws, the book stays as it was.
    func write<Value>(_ body: (inout Book) throws(StoreError) -> Value) throws(StoreError) -> Value {
        let result = book.withLockedValue { book -> Result<Written<Value>, StoreError> in
            guard var changed = book else { return .failure(Self.closed) }
            do throws(StoreError) {
                let value = try body(&changed)
                let (wakes, builder, codes) = (changed.wakes, changed.wakesBuilder, changed.reportedCodes)
                (changed.wakes, changed.wakesBuilder, changed.reportedCodes) = (false, false, [])
                // Before anybody else writes: an exchange has to see what rode along before it.
                changed.riders.riding?.add(changed.riders.claims)
                changed.riders = ([], nil)
                book = changed
                return .success(Written(value: value, wakes: wakes, builder: builder, codes: codes))
            } catch {
                return .failure(error)
            }
        }
        let written = try result.get()
        if written.wakes { wakeUpCalls.ring() }
        if written.builder { digestWakeUps.ring() }
        if !written.codes.isEmpty { reportCalls.ring(written.codes) }
        return written.value
    }

    /// The same for a change that cannot fail, comes by the thousand, and wakes nobody: it needs no copy.
    func changeInPlace(_ body: (inout Book) -> Void) {
        book.withLockedValue { book in
            guard var changed = book.take() else { return }
            body(&changed)
            book = changed
        }
    }

    /// The times to judge by when a caller says that it is `now`.
    func times(at now: Timestamp) -> ReckonedTime.Times {
        reckoned?.times ?? ReckonedTime.Times(keys: now, deleting: now)
    }

    package func check() async throws(StoreError) {
        try write { _ in }
    }

    package func wakeUps() -> AsyncStream<Void> {
        wakeUpCalls.stream()
    }

    package func reportedCodes() -> AsyncStream<[ReportedCode]> {
        reportCalls.stream()
    }

    package func close() async {
        book.withLockedValue { $0 = nil }
        wakeUpCalls.close()
        digestWakeUps.close()
        reportCalls.close()
    }

    private static var closed: StoreError { StoreError(.closed, "the store is closed") }
}
