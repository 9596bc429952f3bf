// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

@testable import Delivery

@Suite("The pace of a pair (49)")
struct PairPaceTests {
    private let start = TestClock().now
    private let asha = 1
    private let ids = (0..<60).map { _ in MessageID(at: TestClock().now) }

    private func later(_ seconds: Int64) -> Timestamp { start.advanced(by: .seconds(seconds)) }

    /// Lets a message leave if its turn is now.
    private func turn(_ index: Int, _ pace: inout PairPace, to recipient: Int = 1, at now: Timestamp) -> Timestamp? {
        let turn = pace.turn(of: ids[index], to: recipient, at: now)
        if turn == nil { pace.left(ids[index], to: recipient, at: now) }
        return turn
    }

    @Test("one leaves at once, each further one has a place six seconds behind, and leaves at it")
    func places() {
        var pace = PairPace(PairLimit(interval: .seconds(6)))
        #expect((0..<5).map { turn($0, &pace, at: start) } == [nil, later(6), later(12), later(18), later(24)])
        #expect(turn(1, &pace, at: later(5)) == later(6), "too early: the same place")
        for index in 1...4 { #expect(turn(index, &pace, at: later(Int64(index) * 6)) == nil) }
        #expect(turn(5, &pace, at: later(29)) == later(30))
        #expect(turn(5, &pace, at: later(30)) == nil)
        #expect(turn(6, &pace, at: later(36)) == nil)
    }

    @Test("whoever comes while others wait goes behind them, even when the moment is free")
    func inOrder() {
        var pace = PairPace(PairLimit(interval: .seconds(6)))
        #expect(turn(0, &pace, at: start) == nil)
        #expect(turn(1, &pace, at: start) == later(6))
        #expect(turn(2, &pace, at: later(6)) == later(12))
        #expect(turn(1, &pace, at: later(6)) == nil)
        #expect(turn(2, &pace, at: later(12)) == nil)
    }

    @Test("a burst leaves at once and is missing afterwards")
    func burst() {
        var pace = PairPace(PairLimit(interval: .seconds(6), burst: 3))
        let turns = (0..<6).map { turn($0, &pace, at: start) }
        #expect(turns == [nil, nil, nil, later(6), later(12), later(18)])
        for index in 3...5 { #expect(turn(index, &pace, at: later(Int64(index - 2) * 6)) == nil) }
        #expect((6..<10).map { turn($0, &pace, at: later(36)) } == [nil, nil, nil, later(42)])
    }

    @Test(
        "places that nobody took in time are taken one by one, six seconds apart, and one that was called off is passed over"
    )
    func overdue() {
        var pace = PairPace(PairLimit(interval: .seconds(6)))
        for index in 0..<4 { _ = turn(index, &pace, at: start) }
        // The account was stopped until now; the second was called off meanwhile.
        #expect(turn(2, &pace, at: later(600)) == nil)
        #expect(turn(3, &pace, at: later(600)) == later(606))
        #expect(turn(3, &pace, at: later(606)) == nil)
    }

    @Test(
        "fifty to one recipient between ten thousand others: gaps of six seconds, nobody else waits, each is held once"
    )
    func fifty() {
        var pace = PairPace(PairLimit(interval: .seconds(6)))
        for recipient in 2..<10_002 {
            #expect(pace.turn(of: ids[59], to: recipient, at: start) == nil)
            pace.left(ids[59], to: recipient, at: start)
        }
        var due: [(at: Timestamp, index: Int)] = (0..<50).map { (start, $0) }
        var left: [(at: Timestamp, index: Int)] = []
        var looks = 0
        while !due.isEmpty {
            due.sort { ($0.at, $0.index) < ($1.at, $1.index) }
            let next = due.removeFirst()
            looks += 1
            if let turn = turn(next.index, &pace, at: next.at) {
                due.append((turn, next.index))
            } else {
                left.append(next)
            }
        }
        #expect(left.map(\.index) == Array(0..<50))
        #expect(zip(left, left.dropFirst()).allSatisfy { $0.at.duration(to: $1.at) >= .seconds(6) })
        #expect(looks == 99)
    }

    @Test("what an earlier run let leave and had waiting counts on: the next one goes behind")
    func remembered() {
        var pace = PairPace(PairLimit(interval: .seconds(6)))
        pace.remember(nil, to: asha, at: later(-2))
        pace.remember(ids[1], to: asha, at: later(4))
        pace.remember(ids[2], to: asha, at: later(10))
        #expect(turn(3, &pace, at: start) == later(16))
        #expect(turn(1, &pace, at: later(4)) == nil && turn(2, &pace, at: later(10)) == nil)
        #expect(turn(3, &pace, at: later(16)) == nil)
    }

    @Test("number 49: in any order of arrivals and looks no window has more than its burst allows", arguments: [1, 4])
    func anyOrder(burst: Int) {
        var random = SeededGenerator(seed: 49)
        for _ in 0..<200 {
            var pace = PairPace(PairLimit(interval: .seconds(6), burst: burst))
            var (now, waiting, left) = (start, [(Timestamp, Int)](), [Timestamp]())
            func look(_ index: Int) {
                waiting.removeAll { $0.1 == index }
                if let next = turn(index, &pace, at: now) {
                    waiting.append((next, index))
                } else {
                    left.append(now)
                }
            }
            for index in 0..<40 {
                now = now.advanced(by: .milliseconds(Int64.random(in: 0...8_000, using: &random)))
                waiting.append((now, index))
                for (due, index) in waiting.sorted(by: { $0 < $1 }) where due <= now { look(index) }
            }
            // Nobody comes any more: who waits leaves, one after the other.
            for _ in 0..<1_000 {
                guard let (due, index) = waiting.min(by: { $0 < $1 }) else { break }
                now = max(now, due)
                look(index)
            }
            #expect(left.count == 40, "everybody leaves")
            for (position, time) in left.enumerated() where position >= burst {
                #expect(left[position - burst].duration(to: time) >= .milliseconds(5_950))
            }
        }
    }

    @Test("a line of any length costs no more for each, and is bounded; who has no place in it is paced all the same")
    func longLine() {
        var pace = PairPace(PairLimit(interval: .seconds(6)))
        let many = (0...PairPace.capacity).map { _ in MessageID(at: start) }
        pace.left(ids[0], to: asha, at: start)
        for (index, id) in many.enumerated() {
            #expect(pace.turn(of: id, to: asha, at: start) == later(6 * Int64(index + 1)))
        }
        #expect(pace.waiting == PairPace.capacity)
        for (index, id) in many.enumerated() {
            let time = later(6 * Int64(index + 1))
            #expect(pace.turn(of: id, to: asha, at: time) == nil)
            pace.left(id, to: asha, at: time)
        }
        #expect(pace.waiting == 0)
    }

    @Test("a line to which nobody comes any more is forgotten after an hour")
    func deadLine() {
        var pace = PairPace(PairLimit(interval: .seconds(6)))
        for index in 0..<4 { _ = turn(index, &pace, at: start) }
        #expect(pace.waiting == 3)
        #expect(turn(4, &pace, to: 2, at: later(3_599)) == nil && pace.waiting == 3)
        #expect(turn(5, &pace, to: 3, at: later(7_300)) == nil && pace.waiting == 0)
    }

    @Test("places of those that wait no more are freed, the others keep theirs, and so do those that nobody looked at")
    func keeps() {
        var pace = PairPace(PairLimit(interval: .seconds(6)))
        pace.left(ids[0], to: asha, at: start)
        for index in 1..<6 { #expect(pace.turn(of: ids[index], to: asha, at: start) == later(6 * Int64(index))) }
        #expect(pace.standsBehind(ids[6], to: asha) && !pace.standsBehind(ids[5], to: asha))
        #expect(!pace.standsBehind(ids[6], to: 2))
        pace.keep([ids[2]], upTo: later(25))
        #expect(pace.waiting == 2 && pace.turn(of: ids[2], to: asha, at: later(6)) == nil)
        #expect(pace.turn(of: ids[6], to: asha, at: later(6)) == later(36), "behind the fifth, whom nobody looked at")
        pace.keep([], upTo: nil)
        #expect(pace.waiting == 0 && pace.turn(of: ids[7], to: asha, at: later(1)) == later(6))
    }
}
