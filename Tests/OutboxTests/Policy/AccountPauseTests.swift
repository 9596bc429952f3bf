// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

@Suite("The pause of an account whose credentials are refused")
struct AccountPauseTests {
    private let start = TestClock().now
    private let refusal = Outcome.unauthorized(Make.detail(401))

    private var paused: AccountPause {
        var pause = AccountPause()
        _ = pause.attemptEnded(refusal, at: start)
        return pause
    }

    @Test("the first refusal pauses, those of messages under way only confirm it")
    func pauses() {
        var pause = AccountPause()
        #expect(pause.attemptEnded(refusal, at: start) == .paused)
        #expect(pause.attemptEnded(refusal, at: start.advanced(by: .seconds(1))) == .none)
        #expect(pause.pause?.since == start)
        #expect(pause.pause?.reason == "the partner answered 401")
    }

    @Test("a minute later one probe may leave, and only one")
    func probes() {
        var pause = paused
        let minute = start.advanced(by: .seconds(60))
        #expect(!pause.allowsProbe(at: minute.advanced(by: .microseconds(-1))))
        #expect(pause.allowsProbe(at: minute))
        pause.probeLeaves()
        #expect(!pause.allowsProbe(at: minute))
        #expect(pause.attemptEnded(refusal, at: minute) == .none)
        #expect(!pause.allowsProbe(at: minute))
        #expect(pause.allowsProbe(at: minute.advanced(by: .seconds(60))))
    }

    @Test(
        "an answer that took the credentials ends the pause",
        arguments: [
            Outcome.accepted(partnerID: "wamid.1"), .refused(AttemptDetail(code: "http_422", reason: "no")),
            .held(Make.detail(400, "meta_131056"), for: .seconds(1)),
        ]
    )
    func resumes(outcome: Outcome) {
        var pause = paused
        #expect(pause.attemptEnded(outcome, at: start) == .resumed)
        #expect(!pause.isPaused)
    }

    @Test(
        "an answer that says nothing about the credentials leaves the pause",
        arguments: [
            Outcome.retryable(AttemptDetail(code: "http_503", reason: "later"), retryAfter: nil),
            .uncertain(AttemptDetail(code: "timed_out", reason: "no answer")),
        ]
    )
    func staysPaused(outcome: Outcome) {
        var pause = paused
        pause.probeLeaves()
        let minute = start.advanced(by: .seconds(60))
        #expect(pause.attemptEnded(outcome, at: minute) == .none)
        #expect(pause.isPaused)
        #expect(pause.allowsProbe(at: minute.advanced(by: .seconds(60))))
    }

    @Test("an account that sends resumes nothing and allows no probe")
    func isQuietWhileSending() {
        var pause = AccountPause()
        #expect(pause.attemptEnded(.accepted(partnerID: "wamid.1"), at: start) == .none)
        #expect(!pause.allowsProbe(at: start))
    }
}
