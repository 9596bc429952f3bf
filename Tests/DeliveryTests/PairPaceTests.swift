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
}

@Suite("A portfolio's budget (51)")
struct PortfolioBudgetTests {
    private let start = TestClock().now
    private let ids = (0..<20).map { _ in MessageID(at: TestClock().now) }

    private func later(_ seconds: Int64) -> Timestamp { start.advanced(by: .seconds(seconds)) }

    private func budget(_ recipients: Int) -> PortfolioBudget {
        PortfolioBudget(PortfolioLimit(name: "shop", recipients: recipients, accounts: ["main"]))
    }

    private func send(_ index: Int, to recipient: Int, _ budget: inout PortfolioBudget, at now: Timestamp) -> Timestamp?
    {
        let turn = budget.turn(of: ids[index], to: recipient, at: now)
        if turn == nil { budget.left(ids[index], to: recipient, at: now) }
        return turn
    }

    @Test("only new recipients wait, each for an instant of its own at which an old one leaves the day")
    func newOnes() {
        var budget = budget(3)
        for recipient in 0..<3 { #expect(send(recipient, to: recipient, &budget, at: later(Int64(recipient))) == nil) }
        #expect(send(3, to: 0, &budget, at: later(10)) == nil, "known, and counts from now")
        #expect(send(4, to: 7, &budget, at: later(11)) == later(86_401))
        #expect(send(5, to: 8, &budget, at: later(11)) == later(86_402))
        #expect(send(6, to: 9, &budget, at: later(11)) == later(86_410))
        #expect(budget.used == 3)
        #expect(send(4, to: 7, &budget, at: later(86_401)) == nil)
        #expect(send(7, to: 6, &budget, at: later(86_402)) != nil, "the room is that of who waits")
        #expect(send(5, to: 8, &budget, at: later(86_402)) == nil)
        #expect(send(6, to: 9, &budget, at: later(86_410)) == nil)
    }

    @Test("what is on its way is reserved; what did not arrive is given back, what may have arrived is not")
    func reserves() {
        var budget = budget(1)
        #expect(send(0, to: 1, &budget, at: start) == nil)
        #expect(send(1, to: 2, &budget, at: start) == later(86_400))
        budget.ended(ids[0], mayHaveArrived: false)
        #expect(budget.used == 0)
        #expect(send(1, to: 2, &budget, at: later(86_400)) == nil)
        budget.ended(ids[1], mayHaveArrived: true)
        #expect(budget.used == 1)
        #expect(send(2, to: 2, &budget, at: later(86_500)) == nil)
        budget.ended(ids[2], mayHaveArrived: false)
        #expect(budget.used == 1, "as it was before that one")
        #expect(send(3, to: 3, &budget, at: later(86_400 + 86_399)) != nil)
        #expect(send(3, to: 3, &budget, at: later(86_400 * 2)) == nil)
    }

    @Test("a warning comes once at 70 and once at 90 percent, and again after it was less")
    func warns() {
        var budget = budget(10)
        var warnings: [Int?] = []
        for recipient in 0..<10 {
            budget.left(ids[recipient], to: recipient, at: start)
            warnings.append(budget.warning())
        }
        #expect(warnings == [nil, nil, nil, nil, nil, nil, 70, nil, 90, nil])
        #expect(budget.turn(of: ids[11], to: 11, at: later(86_400)) == nil && budget.warning() == nil)
        for recipient in 0..<7 { budget.left(ids[recipient], to: recipient, at: later(86_400)) }
        #expect(budget.warning() == 70)
    }

    @Test("many messages to few recipients take the memory of few")
    func bounded() {
        var budget = budget(10)
        for second in 0..<100_000 {
            let id = ids[second % 10]
            budget.left(id, to: second % 10, at: later(Int64(second / 10)))
            budget.ended(id, mayHaveArrived: true)
        }
        #expect(budget.used == 10)
        #expect(budget.turn(of: ids[11], to: 99, at: later(10_000)) == later(9_999 + 86_400))
    }
}
