// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// The machine's clock: time stamps of signatures, due times and quiet hours hang on it.
struct ClockCheck: Sendable {
    /// A moment that the partner's clock and ours both saw.
    struct Comparison: Hashable, Sendable {
        /// What the partner's answer said, to the second.
        let partner: Timestamp
        /// What our clock said when the answer came.
        let ours: Timestamp
    }

    /// The year in which this version was written; no clock that is right shows an earlier one.
    static let earliest = Timestamp(seconds: 1_767_225_600)
    /// Below this a difference may be the way of the answer, or the second that `Date` is cut to.
    static let tolerance: Duration = .seconds(10)
    /// Signatures with a time stamp are commonly taken for five minutes; beyond that events are refused.
    static let limit: Duration = .seconds(300)

    /// What our clock shows.
    let now: Timestamp
    /// The partner's word; `nil` when it did not answer, or without a date.
    let comparison: Comparison?
    /// The last time that the store knows; `nil` when there is none.
    var lastTime: Timestamp?
    /// A store that knows nothing later than this much ago was off for long, or the clock is wrong.
    static let longAgo: Duration = .seconds(86_400)

    var findings: [DoctorReport.Finding] {
        guard now >= Self.earliest else {
            let sentence = "the clock shows \(now.rfc3339), which is before this version was made; set it"
            return [.init("clock", .wrong, sentence)]
        }
        guard let comparison else {
            if let lastTime, lastTime.duration(to: now) > Self.longAgo { return [ahead(of: lastTime)] }
            return [.init("clock", .fine, "\(now.rfc3339) is plausible; no partner's clock to compare it with")]
        }
        let lead = comparison.partner.duration(to: comparison.ours)
        let size = lead < .zero ? .zero - lead : lead
        guard size > Self.tolerance else {
            return [.init("clock", .fine, "\(now.rfc3339), as the partner's clock says")]
        }
        let direction = lead < .zero ? "behind" : "ahead of"
        let sentence = "the clock is \(size.microseconds / 1_000_000) seconds \(direction) the partner's; set it"
        return [.init("clock", size > Self.limit ? .wrong : .note, sentence)]
    }

    /// Only the partner's clock could tell a wrong clock from a service that was off.
    private func ahead(of lastTime: Timestamp) -> DoctorReport.Finding {
        let gap = DurationText.write(.seconds(lastTime.duration(to: now).microseconds / 1_000_000))
        let sentence = "the clock shows \(now.rfc3339), \(gap) after the last time that the store knows; "
        return .init(
            "clock",
            .wrong,
            sentence + "set it, unless the service was off so long; nothing is deleted until the partner's clock agrees"
        )
    }
}
