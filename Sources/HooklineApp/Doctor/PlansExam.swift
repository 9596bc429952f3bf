// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import PhoneNumbers

/// The numbering plans: how old they are.
///
/// With old ones, numbers of new ranges are refused.
struct PlansExam: Sendable {
    /// After so many days numbers that people have are refused: every month some country gives out new ranges.
    static let limit = 365

    /// The plans that numbers are read with.
    let plans: PlansInUse
    /// What our clock shows.
    let now: Timestamp

    var findings: [DoctorReport.Finding] {
        let age = now.microseconds / 86_400_000_000 - Int64(plans.day.daysSince1970)
        let place = plans.isBuiltIn ? "built in" : "of the configuration's file"
        let sentence = "they are of \(plans.day) (\(plans.source), \(place))"
        guard age > Self.limit else { return [.init("numbering plans", .fine, sentence)] }
        let advice = "valid numbers of new ranges are refused; renew them: 'make numbering-plans' and numbering_plans"
        return [.init("numbering plans", .note, "\(sentence), \(age) days old: \(advice)")]
    }
}
