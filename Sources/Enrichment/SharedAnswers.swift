// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections

/// Which look-ups are known or under way, as a value: lock it, ask it, do what it says.
///
/// An answer may serve an event that arrived before the transfer of it began, so that nobody sees a record as it was
/// before the event; or any event, while it is younger than the step's `cache`. The same goes for transfers under
/// way.
struct SharedAnswers<Waiter: Sendable>: Sendable {
    /// What becomes of somebody who needs an answer.
    enum Turn: Equatable {
        /// The answer is known.
        case known(JSON)
        /// The transfer of that number is to be waited for.
        case wait(Int)
        /// A transfer is to be made under that number, and its end to be told.
        case fetch(Int)
    }

    /// What is kept at most.
    struct Limits: Hashable, Sendable {
        /// The most answers.
        var answers = 1_024
        /// The most bytes of answers as they came.
        var bytes = 32 << 20
    }

    private struct Answer: Sendable {
        let value: JSON
        let bytes: Int
        let begin: Timestamp
    }

    private struct Flight: Sendable {
        let lookUp: LookUp
        let begin: Timestamp
        var waiters: [Int: Waiter] = [:]
    }

    private let limits: Limits
    /// The answers, the longest known first.
    private var answers: OrderedDictionary<LookUp, Answer> = [:]
    private(set) var bytes = 0
    private var flights: [Int: Flight] = [:]
    /// The youngest transfer of each look-up.
    private var latest: [LookUp: Int] = [:]
    private var lastNumber = 0

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// The number of answers that are kept.
    var count: Int { answers.count }

    /// Says how to come by an answer.
    ///
    /// - Parameters:
    ///   - lookUp: What is wanted.
    ///   - receivedAt: When the event arrived that needs it.
    ///   - maxAge: The step's `cache`.
    ///   - now: The time.
    /// - Returns: What to do; whoever is told to fetch must call ``end(_:with:)``.
    mutating func turn(for lookUp: LookUp, receivedAt: Timestamp, maxAge: Duration?, now: Timestamp) -> Turn {
        func serves(_ begin: Timestamp) -> Bool {
            // One of a time to come is from before somebody set the clock back: how old it is, nobody knows.
            guard begin <= now else { return false }
            return begin >= receivedAt || maxAge.map { begin.duration(to: now) <= $0 } ?? false
        }
        if let answer = answers[lookUp], serves(answer.begin) { return .known(answer.value) }
        if let number = latest[lookUp], let flight = flights[number], serves(flight.begin) { return .wait(number) }
        lastNumber += 1
        flights[lastNumber] = Flight(lookUp: lookUp, begin: now)
        latest[lookUp] = lastNumber
        return .fetch(lastNumber)
    }

    /// Lets somebody wait for the end of a transfer.
    ///
    /// - Parameters:
    ///   - waiter: Who waits.
    ///   - id: A number of the waiter's own.
    ///   - number: The transfer.
    /// - Returns: Whether the transfer is still under way; else nobody would tell the waiter.
    mutating func add(_ waiter: Waiter, id: Int, to number: Int) -> Bool {
        guard flights[number] != nil else { return false }
        flights[number]?.waiters[id] = waiter
        return true
    }

    /// Takes back somebody who waits no longer; `nil` when the end was told or the wait never began.
    mutating func remove(_ id: Int, from number: Int) -> Waiter? {
        flights[number]?.waiters.removeValue(forKey: id)
    }

    /// Notes the end of a transfer, and its answer where it brought one.
    ///
    /// - Parameters:
    ///   - number: The transfer.
    ///   - answer: The value with its size in bytes; failures are not kept.
    /// - Returns: Who waited for it.
    mutating func end(_ number: Int, with answer: (value: JSON, bytes: Int)?) -> [Waiter] {
        guard let flight = flights.removeValue(forKey: number) else { return [] }
        if latest[flight.lookUp] == number { latest[flight.lookUp] = nil }
        if let answer {
            keep(Answer(value: answer.value, bytes: answer.bytes, begin: flight.begin), for: flight.lookUp)
        }
        return Array(flight.waiters.values)
    }

    private mutating func keep(_ answer: Answer, for lookUp: LookUp) {
        // A transfer that began earlier may end later, and knows less.
        if let known = answers[lookUp], known.begin > answer.begin { return }
        if let replaced = answers.removeValue(forKey: lookUp) { bytes -= replaced.bytes }
        answers[lookUp] = answer
        bytes += answer.bytes
        while answers.count > limits.answers || bytes > limits.bytes, !answers.isEmpty {
            bytes -= answers.removeFirst().value.bytes
        }
    }
}
