// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox
import Testing

@Suite("A store that is away, as a log tells it")
struct StoreOutageTests {
    private let error = StoreError(.busy, "nobody answers")

    private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

    @Test("is told of at the beginning, each half minute with a count, and when it is back")
    func lines() {
        var outage = StoreOutage()
        #expect(outage.worked(at: at(0)) == nil)
        #expect(outage.failed(error, at: at(1)) == .began(error))
        for second in 2...30 { #expect(outage.failed(error, at: at(Int64(second))) == nil) }
        #expect(outage.failed(error, at: at(31)) == .goesOn(error, failures: 31, since: .seconds(30)))
        #expect(outage.failed(error, at: at(32)) == nil)
        #expect(outage.worked(at: at(40)) == .ended(failures: 32, after: .seconds(39)))
        #expect(outage.worked(at: at(41)) == nil)
        #expect(outage.failed(error, at: at(100)) == .began(error))
    }

    @Test("one that comes and goes is told of each half minute, not each time, and every failure is counted once")
    func flapping() {
        var outage = StoreOutage()
        #expect(outage.failed(error, at: at(0)) == .began(error))
        #expect(outage.worked(at: at(1)) == .ended(failures: 1, after: .seconds(1)))
        var lines: [StoreOutage.Line?] = []
        for second in 2...60 {
            lines.append(outage.failed(error, at: at(Int64(second))))
            lines.append(outage.worked(at: at(Int64(second))))
        }
        let told: [StoreOutage.Line] = [
            .goesOn(error, failures: 30, since: .seconds(29)), .ended(failures: 30, after: .seconds(29)),
        ]
        #expect(lines.compactMap(\.self) == told)
        // What came after that and is over is told in one line.
        #expect(outage.worked(at: at(61)) == .ended(failures: 29, after: .seconds(28)))
        #expect(outage.worked(at: at(100)) == nil)
        #expect(outage.failed(error, at: at(101)) == .began(error))
    }
}
