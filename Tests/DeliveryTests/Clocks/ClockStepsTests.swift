// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Delivery

@Suite("What counts as a step of the clock")
struct ClockStepsTests {
    @Test("slow corrections are no step, however far they go; steps add up until they were followed")
    func steps() {
        var steps = ClockSteps(lead: .zero)
        for tenth in 1...100 { #expect(steps.look(lead: .milliseconds(100 * tenth)) == nil) }
        #expect(steps.pending == .zero)
        #expect(steps.look(lead: .seconds(11)) == .seconds(1))
        #expect(steps.look(lead: .seconds(-7_189)) == .seconds(-7_200))
        #expect(steps.pending == .seconds(-7_199))
        steps.followed()
        #expect(steps.look(lead: .seconds(-7_189)) == nil)
        #expect(steps.pending == .zero)
    }
}
