// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FairThreads

@Suite("Work that waits for a thread")
struct FairQueueTests {
    private let start = ContinuousClock.now

    private func queue(threads: Int, _ limits: QueueLimits = QueueLimits()) -> FairQueue<Int> {
        FairQueue(threads: threads, limits: limits)
    }

    @Test("is taken in turn by source, and within a source as it came")
    func turns() {
        var queue = queue(threads: 1)
        var entries = (1...3).map { queue.add($0, of: "noisy", at: start) }
        entries.append(queue.add(4, of: "quiet", at: start))
        entries.append(queue.add(5, of: "other", at: start))
        #expect(entries == [.needsThread, .waits, .waits, .waits, .waits])
        var taken: [Int] = []
        var finished: String?
        while let turn = queue.next(after: finished, at: start) {
            taken.append(turn.job)
            finished = turn.source
        }
        #expect(taken == [1, 4, 5, 2, 3])
    }

    @Test("of one source leaves a thread to the others")
    func spareThread() {
        var queue = queue(threads: 2)
        #expect(queue.add(1, of: "noisy", at: start) == .needsThread)
        #expect(queue.next(after: nil, at: start)?.job == 1)
        #expect(queue.add(2, of: "noisy", at: start) == .waits)
        #expect(queue.add(3, of: "quiet", at: start) == .needsThread)
        #expect(queue.next(after: nil, at: start)?.job == 3)
        #expect(queue.next(after: "quiet", at: start) == nil)
        #expect(queue.next(after: "noisy", at: start)?.job == 2)
        #expect(queue.next(after: "noisy", at: start) == nil)
        #expect(queue.add(4, of: "noisy", at: start) == .needsThread)
    }

    @Test("is refused where too much of its source waits, and too late after its time")
    func limits() {
        var queue = queue(threads: 1, QueueLimits(waiting: 2, wait: .seconds(5)))
        _ = queue.add(0, of: "other", at: start)
        #expect(queue.next(after: nil, at: start)?.job == 0)
        #expect(queue.add(1, of: "shop", at: start) == .waits)
        #expect(queue.add(2, of: "shop", at: start.advanced(by: .seconds(3))) == .waits)
        #expect(queue.add(3, of: "shop", at: start) == .refused)
        #expect(queue.add(4, of: "shop", at: nil) == .waits)
        let late = start.advanced(by: .seconds(7))
        let turns = (0..<3).map { queue.next(after: $0 == 0 ? "other" : "shop", at: late) }
        #expect(turns.map(\.?.job) == [1, 2, 4])
        #expect(turns.map(\.?.isTooLate) == [true, false, false])
    }
}
