// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import TestSupport

/// What the tests themselves wait with.
@Suite("Waiting in tests", .timeLimit(.minutes(10)))
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
        let (names, said) = (Watchers(["the only one"]), EventRecorder<String>())
        let (begun, gate) = (EventRecorder<Int>(), Gate())
        let waiting = Task {
            begun.record(1)
            if isCancelledBefore { await gate.pass() }
            let place = #_sourceLocation
            return await names.until(at: place, report: { said.record("\($0), line \($1.line - place.line)") }) {
                $0.count >= 2
            }
        }
        await begun.until { !$0.isEmpty }
        waiting.cancel()
        #expect(await waiting.value == ["the only one"])
        #expect(said.elements == ["the wait was cancelled; by then there was [\"the only one\"], line 0"])
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
            var cancelled = 0
            while let ended = await group.nextResult() {
                if case .failure(is CancellationError) = ended { cancelled += 1 }
            }
            #expect(cancelled == 2)
        }
        #expect(clock.deadlines == [], "a sleep that is cancelled ends")
    }

    @Test("an advance ends when all whom it woke have left their sleep, one after the other")
    func advance() async {
        let (clock, woken) = (TestClock(), EventRecorder<Int>())
        let start = clock.now
        await withTaskGroup(of: Void.self) { group in
            for seconds in [3, 1, 2] {
                group.addTask {
                    try? await clock.sleep(until: start.advanced(by: .seconds(seconds)), tolerance: nil)
                    woken.record(seconds)
                }
            }
            await clock.untilSleeping(atLeast: 3)
            await clock.advance(by: .seconds(10))
            #expect(clock.deadlines == [])
            await group.waitForAll()
        }
        #expect(Set(woken.elements) == [1, 2, 3])
        #expect(clock.now == start.advanced(by: .seconds(10)))
    }
}
