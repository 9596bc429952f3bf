// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import TestSupport
import Testing

/// What the tests themselves wait with.
@Suite("Waiting in tests", .timeLimit(.minutes(1)))
struct WaitingTests {
    @Test("a wait ends with what satisfied it, whether that came before or after it began")
    func satisfied() async {
        let recorder = EventRecorder<Int>()
        recorder.record(1)
        #expect(await recorder.until { $0.count >= 1 } == [1])
        async let both = recorder.until { $0.count >= 2 }
        recorder.record(2)
        recorder.record(3)
        #expect(await both.prefix(2) == [1, 2])
    }

    @Test("a wait that is cancelled ends, and says what there was", arguments: [true, false])
    func cancelled(isCancelledBefore: Bool) async {
        let recorder = EventRecorder<String>()
        recorder.record("the only one")
        let (begun, gate) = (EventRecorder<Void>(), EventRecorder<Void>())
        await withKnownIssue {
            let waiting = Task {
                begun.record(())
                if isCancelledBefore { await gate.until { !$0.isEmpty } }
                return await recorder.until { $0.count >= 2 }
            }
            await begun.until { !$0.isEmpty }
            waiting.cancel()
            gate.record(())
            #expect(await waiting.value == ["the only one"])
        } matching: { issue in
            "\(issue)".contains("the wait was cancelled")
        }
    }

    @Test("a clock wakes those whose time has come, in order, and a step of the wall clock wakes nobody")
    func clock() async {
        let (clock, woken) = (TestClock(), EventRecorder<Int>())
        let start = clock.now
        await withThrowingTaskGroup(of: Void.self) { group in
            for seconds in [20, 10, 30] {
                group.addTask {
                    try await clock.sleep(until: start.advanced(by: .seconds(seconds)), tolerance: nil)
                    woken.record(seconds)
                }
            }
            await clock.untilSleeping(atLeast: 3)
            clock.step(by: .seconds(3_600))
            #expect(clock.deadlines.count == 3)
            await clock.advance(by: .seconds(10))
            #expect(await woken.until { $0.count >= 1 } == [10])
            #expect(clock.deadlines == [20, 30].map { start.advanced(by: .seconds($0)) })
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        #expect(clock.deadlines == [], "a sleep that is cancelled ends")
    }
}
