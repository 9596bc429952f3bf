// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers
import Testing

@testable import FairThreads

extension QueueLimits {
    /// Longer than any test lasts, however busy the machine is.
    fileprivate static let patient = QueueLimits(wait: .seconds(600))
}

@Suite("The threads of evaluation", .timeLimit(.minutes(10)))
struct EvaluationThreadsTests {
    @Test("parts of tasks that prefer these threads run there, between all other work")
    func tasks() async {
        let threads = EvaluationThreads(count: 1, limits: .patient)
        let values = await withTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask {
                    guard number.isMultiple(of: 2) else { return await threads.runInTurn(of: "odd") { number } }
                    return await withTaskExecutorPreference(threads) {
                        await Task.yield()
                        return number
                    }
                }
            }
            return await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(values == Set(0..<200))
    }

    @Test("hundreds of jobs of many sources are all done, each once")
    func allDone() async throws {
        let threads = EvaluationThreads(count: 3, limits: .patient)
        let counts = NIOLockedValueBox<[Int: Int]>([:])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<1_000 {
                group.addTask {
                    try await threads.run(of: "source \(number % 7)") {
                        counts.withLockedValue { $0[number, default: 0] += 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.withLockedValue { $0 } == Dictionary(uniqueKeysWithValues: (0..<1_000).map { ($0, 1) }))
    }
}
