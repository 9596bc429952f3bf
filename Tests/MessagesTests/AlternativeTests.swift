// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import PartnerAPI
import TestSupport
import Testing

@Suite("What a message leaves as when the partner does not take it as it is")
struct AlternativeTests {
    private let now = TestClock().now

    private func machine(_ alternative: Alternative.Form?, attempts: Int = 0) -> MessageStateMachine {
        MessageStateMachine(
            state: .sending,
            attempts: attempts,
            dueAt: nil,
            agesFrom: now,
            expiresAt: nil,
            onUncertain: .retry,
            alternative: alternative
        )
    }

    /// How an answer with a code ends an attempt.
    private func outcome(_ code: MetaCode) -> Outcome {
        let detail = AttemptDetail(status: 400, code: "meta_\(code.numbers.lowerBound)", reason: "words")
        return switch code.treatment {
        case .fail: .refused(detail)
        case .retry, .tryAgain: .retryable(detail, retryAfter: nil)
        case .pauseAccount: .unauthorized(detail)
        default: .held(detail, for: .seconds(60))
        }
    }

    @Test("of all codes four let a message leave as its otherwise, one of them only as a template (52, 50)")
    func codes() throws {
        var taken: [Int: [Alternative.Form]] = [:]
        for code in MetaCode.table {
            for form in [Alternative.Form.template, .free] {
                var machine = machine(form)
                var random = SeededGenerator(seed: 1)
                try machine.attemptEnded(outcome(code), at: now, policy: RetryPolicy(), using: &random)
                guard machine.takesOtherwise else { continue }
                taken[code.numbers.lowerBound, default: []].append(form)
                #expect(machine.state == .queued && machine.dueAt == now)
                let why = "words; it leaves as its rule's 'otherwise' instead"
                #expect(machine.steps == [.init(from: .sending, to: .queued, reason: why)])
            }
        }
        let both: [Alternative.Form] = [.template, .free]
        #expect(taken == [131_047: [.template], 132_001: both, 132_015: both, 132_016: both])
    }

    @Test("without an alternative each of them does what it did", arguments: [131_047, 132_001, 132_015, 132_016])
    func nothing(code: Int) throws {
        let row = try #require(MetaCode.row(code))
        var machine = machine(nil)
        var random = SeededGenerator(seed: 1)
        try machine.attemptEnded(outcome(row), at: now, policy: RetryPolicy(), using: &random)
        #expect(machine.state == (row.treatment == .fail ? .failed : .deferred) && !machine.takesOtherwise)
    }

    @Test("a refusal counts as an attempt, a pause does not, and used up attempts do not keep the alternative back")
    func attempts() throws {
        var random = SeededGenerator(seed: 1)
        for (code, count) in [(132_016, 300), (132_015, 299)] {
            let row = try #require(MetaCode.row(code))
            var machine = machine(.free, attempts: 299)
            try machine.attemptEnded(outcome(row), at: now, policy: RetryPolicy(maxAttempts: 300), using: &random)
            #expect(machine.attempts == count && machine.state == .queued)
        }
    }

    @Test(
        "a message that is held back because its template is paused leaves as its alternative; for anything else it waits"
    )
    func heldBack() throws {
        let later = now.advanced(by: .seconds(10_800))
        for (isOwn, state) in [(true, MessageState.queued), (false, .deferred)] {
            var machine = machine(.template)
            try machine.holdBack(until: later, at: now, policy: RetryPolicy(), because: "paused", isOwn: isOwn)
            #expect(machine.state == state && machine.takesOtherwise == isOwn)
        }
        var bare = machine(nil)
        try bare.holdBack(until: later, at: now, policy: RetryPolicy(), because: "paused", isOwn: true)
        #expect(bare.state == .deferred && bare.dueAt == later)
    }

    @Test("a message that was called off meanwhile leaves as nothing")
    func calledOff() throws {
        let new = try Make.message(otherwise: try Make.otherwise())
        let terms = SendTerms()
        let beginning = Beginning.of(terms, cause: "why", at: now, keys: now)
        var record = MessageRecord(new, of: (EventID(at: now), "shop"), beginning, at: now)
        _ = try record.claim(until: now.advanced(by: .seconds(60)), at: now)
        let claimed = try #require(record.claimed)
        #expect(claimed.alternative == .template)
        record.calledOffBy = "evt_1"
        var machine = claimed.machine()
        var random = SeededGenerator(seed: 1)
        let code = try #require(MetaCode.row(132_016))
        try machine.attemptEnded(outcome(code), at: now, policy: RetryPolicy(), using: &random)
        let settlement = Settlement(of: claimed, machine, attempt: nil, at: now)
        _ = record.settle(settlement, otherwise: new.alternative)
        #expect(record.message.state == .cancelled && record.message.request == new.request)
    }
}
