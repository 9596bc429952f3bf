// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

extension Job {
    /// A change that the state of a job does not allow.
    package struct Refusal: Error, Hashable, CustomStringConvertible {
        /// One sentence.
        package let description: String
    }

    /// So often a second a job that sends puts some messages into the queue.
    static let stepsPerSecond = 5
    /// So many messages at most are touched in one transaction.
    package static let largestStep = 100
    /// How long it waits before it looks again whether there is room.
    static let roomPause: Duration = .milliseconds(500)
    /// A due time farther ahead than any pause stems from a clock that was set back.
    private static let longestPause: Duration = .seconds(60)

    /// Whether a step may be made.
    package func isDue(at now: Timestamp) -> Bool {
        state == .running && (nextAt <= now || nextAt > now.advanced(by: Self.longestPause))
    }

    /// How many messages a step is about at most.
    package var stepSize: Int {
        guard order.sends else { return Self.largestStep }
        return min(Self.largestStep, max(1, order.rate / Self.stepsPerSecond))
    }

    /// How many messages of an account may wait in the queue, due, beside which it puts in one more.
    ///
    /// So a live message never waits behind more than a step.
    package var room: Int { max(8, stepSize) }

    /// Takes over what a step did.
    ///
    /// - Parameters:
    ///   - step: What it did.
    ///   - now: The time now.
    package mutating func follow(_ step: Step, at now: Timestamp) {
        place = step.place
        for (result, count) in step.tally where count > 0 { tally[result, default: 0] += count }
        note = step.fullAccount.map { "waits, because account '\($0)' has as much to send as it can" } ?? step.refusal
        let count = step.paced
        nextAt = order.sends ? now.advanced(by: .microseconds(count * 1_000_000 / order.rate)) : now
        if step.fullAccount != nil { nextAt = max(nextAt, now.advanced(by: Self.roomPause)) }
        updatedAt = now
        if step.isLast { state = .done }
    }

    /// What one transaction of a job did.
    package struct Step: Hashable, Sendable {
        /// The last place that it is done with.
        package var place: Int64
        /// How many messages came to what.
        package var tally: [Result: Int] = [:]
        /// Why the last message was refused; `nil` when none was.
        package var refusal: String?
        /// The account that has too much to send for one more; `nil` when there was room.
        package var fullAccount: String?
        /// Whether nothing is left.
        package var isLast = false

        /// A step that begins where a job stands.
        package init(of job: Job) {
            place = job.place
            refusal = job.note
        }

        /// How many messages went into the queue, or were looked at for it.
        package var paced: Int { [Result.done, .refused, .made].reduce(0) { $0 + (tally[$1] ?? 0) } }

        /// A message came to something.
        package mutating func add(_ result: Result, refusal: String? = nil) {
            tally[result, default: 0] += 1
            if let refusal { self.refusal = refusal }
        }
    }

    /// Pauses, resumes or ends it.
    ///
    /// - Parameters:
    ///   - change: What a person wants.
    ///   - who: Who wants it.
    ///   - now: The time now.
    /// - Throws: ``Refusal`` when it has ended, or stands like that already; nothing has changed then.
    package mutating func change(_ change: JobChange, by who: String, at now: Timestamp) throws(Refusal) {
        let next: JobState? =
            switch (state, change) {
            case (.running, .pause): .paused
            case (.paused, .resume): .running
            case (.running, .cancel), (.paused, .cancel): .cancelled
            default: nil
            }
        guard let next else {
            throw Refusal(description: "\(id) is \(state.rawValue); it does not take '\(change.rawValue)'")
        }
        state = next
        note = next == .running ? nil : "\(next.rawValue) by \(who)"
        (nextAt, updatedAt) = (now, now)
    }

    /// Whether a repeated order may have this job for an answer.
    ///
    /// - Throws: ``Refusal`` when the same key asked for something else.
    package func repeated(by order: JobOrder) throws(Refusal) {
        guard self.order.asksForTheSame(as: order) else {
            throw Refusal(description: "the key '\(order.key ?? "")' was used for \(id), which does something else")
        }
    }
}
