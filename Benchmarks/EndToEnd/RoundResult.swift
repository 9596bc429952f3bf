// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The numbers of a round; those of a part that was not measured are zero.
struct RoundResult {
    /// Requests a second that the bare server answered.
    var echoRate = 0.0
    /// Processor time of the bare server for a request, in microseconds.
    var echoTime = 0.0
    /// Events a second that were answered with 2xx, counted until the last answer.
    var acceptedRate = 0.0
    /// Events a second whose message the partner has, counted until the last message.
    var deliveredRate = 0.0
    /// Processor time of the service for an event, delivery included, in microseconds.
    var serviceTime = 0.0
    /// Small synchronised writes a second that the disk takes, one after the other.
    var syncRate = 0.0
    /// Transactions that the store committed.
    var commits = 0.0
    /// Events for each of them; an event needs three writes (accept, claim, settle), which share commits with others.
    var eventsPerCommit = 0.0

    var acceptedRatio: Double { echoRate > 0 ? acceptedRate / echoRate : 0 }
    var deliveredRatio: Double { echoRate > 0 ? deliveredRate / echoRate : 0 }

    init() {}

    /// The median of each number.
    ///
    /// - Parameter results: At least one.
    init(medianOf results: [RoundResult]) {
        let numbers: [WritableKeyPath<RoundResult, Double>] = [
            \.echoRate, \.echoTime, \.acceptedRate, \.deliveredRate, \.serviceTime, \.syncRate, \.commits,
            \.eventsPerCommit,
        ]
        for number in numbers {
            let sorted = results.map { $0[keyPath: number] }.sorted()
            let middle = sorted.count / 2
            self[keyPath: number] = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        }
    }
}
