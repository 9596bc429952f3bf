// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import PhoneNumbers
import Testing
import Webhooks

@testable import Doctor

@Suite("The doctor on numbering plans")
struct PlansCheckTests {
    private func findings(daysAfter days: Int) -> [DoctorReport.Finding] {
        let plans = NumberingPlans.inUse
        let now = Timestamp(seconds: Int64(plans.day.daysSince1970 + days) * 86_400 + 3_600)
        return PlansCheck(plans: plans, now: now).findings
    }

    @Test("says of which day the plans are, and from where")
    func fresh() {
        let plans = NumberingPlans.inUse
        #expect(
            findings(daysAfter: 365) == [
                .init("numbering plans", .fine, "they are of \(plans.day) (\(plans.source), built in)")
            ]
        )
        #expect(findings(daysAfter: -3).map(\.verdict) == [.fine])
    }

    @Test("warns of plans that are older than a year, and says how to renew them")
    func old() {
        let found = findings(daysAfter: 366)
        #expect(found.map(\.verdict) == [.note])
        #expect(found.first?.sentence.contains("366 days old") == true)
        #expect(found.first?.sentence.contains("make numbering-plans") == true)
    }
}
