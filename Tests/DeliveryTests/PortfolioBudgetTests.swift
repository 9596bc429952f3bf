// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

@testable import Delivery

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
        let turn = budget.turn(to: recipient, at: now)
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
        budget.ended(ids[0], mayHaveArrived: false, at: start)
        #expect(budget.used == 0)
        #expect(send(1, to: 2, &budget, at: later(86_400)) == nil)
        budget.ended(ids[1], mayHaveArrived: true, at: later(86_400))
        #expect(budget.used == 1)
        #expect(send(2, to: 2, &budget, at: later(86_500)) == nil)
        budget.ended(ids[2], mayHaveArrived: false, at: later(86_500))
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
        #expect(budget.turn(to: 11, at: later(86_400)) == nil && budget.warning() == nil)
        for recipient in 0..<7 { budget.left(ids[recipient], to: recipient, at: later(86_400)) }
        #expect(budget.warning() == 70)
    }

    @Test("many messages to few recipients take the memory of few")
    func bounded() {
        var budget = budget(10)
        for second in 0..<100_000 {
            let (id, time) = (ids[second % 10], later(Int64(second / 10)))
            budget.left(id, to: second % 10, at: time)
            budget.ended(id, mayHaveArrived: true, at: time)
        }
        #expect(budget.used == 10)
        #expect(budget.turn(to: 99, at: later(10_000)) == later(9_999 + 86_400))
    }

    @Test("who waits and does not come any more leaves room an hour after their instant: others do not wait for ever")
    func neverCome() {
        var budget = budget(2)
        for recipient in 0..<2 { #expect(send(recipient, to: recipient, &budget, at: start) == nil) }
        // Both are called off, or expire, while they wait.
        for recipient in 2..<4 { #expect(send(recipient, to: recipient, &budget, at: start) == later(86_400)) }
        #expect(send(4, to: 4, &budget, at: later(86_401)) != nil, "they may still come")
        #expect(send(5, to: 5, &budget, at: later(90_000)) == nil && send(6, to: 6, &budget, at: later(90_000)) != nil)
        #expect(budget.used == 1)
    }

    @Test("a recipient has one instant, however many messages wait for it, and all of them leave at it")
    func onePlace() {
        var budget = budget(3)
        for recipient in 0..<3 { #expect(send(recipient, to: recipient, &budget, at: later(Int64(recipient))) == nil) }
        for index in 3..<9 { #expect(send(index, to: 7, &budget, at: later(10)) == later(86_400)) }
        #expect(send(9, to: 8, &budget, at: later(10)) == later(86_401))
        for index in 3..<9 { #expect(send(index, to: 7, &budget, at: later(86_400)) == nil) }
        #expect(send(9, to: 8, &budget, at: later(86_401)) == nil)
    }

    @Test("before their instant nobody leaves in the room of others who wait")
    func early() {
        var budget = budget(2)
        for recipient in 0..<2 { #expect(send(recipient, to: recipient, &budget, at: later(Int64(recipient))) == nil) }
        #expect(send(2, to: 2, &budget, at: later(10)) == later(86_400))
        #expect(send(3, to: 3, &budget, at: later(10)) == later(86_401))
        #expect(send(4, to: 3, &budget, at: later(86_400)) == later(86_401), "the one that is free is the other's")
        #expect(send(2, to: 2, &budget, at: later(86_400)) == nil)
        #expect(send(3, to: 3, &budget, at: later(86_401)) == nil)
    }

    @Test("a recipient who is given back counts until the end of before, also when much was sent meanwhile")
    func givenBack() {
        var budget = budget(10)
        #expect(send(0, to: 1, &budget, at: start) == nil)
        budget.ended(ids[0], mayHaveArrived: true, at: start)
        #expect(send(1, to: 1, &budget, at: later(100)) == nil)
        for _ in 0..<3_000 {
            budget.left(ids[2], to: 2, at: later(200))
            budget.ended(ids[2], mayHaveArrived: true, at: later(200))
        }
        budget.ended(ids[1], mayHaveArrived: false, at: later(300))
        #expect(budget.used == 2)
        budget.forget(at: later(86_399))
        #expect(budget.used == 2)
        budget.forget(at: later(86_400))
        #expect(budget.used == 1)
        budget.forget(at: later(86_600))
        #expect(budget.used == 0)
    }

    @Test("a recipient who is given back after the end of before does not count any more")
    func givenBackLate() {
        var budget = budget(1)
        #expect(send(0, to: 1, &budget, at: start) == nil)
        budget.ended(ids[0], mayHaveArrived: true, at: start)
        #expect(send(1, to: 1, &budget, at: later(86_399)) == nil)
        #expect(send(2, to: 2, &budget, at: later(86_401)) != nil)
        budget.ended(ids[1], mayHaveArrived: false, at: later(86_402))
        #expect(budget.used == 0)
    }
}
