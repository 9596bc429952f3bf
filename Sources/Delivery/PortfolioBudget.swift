// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import DequeModule
import Events
import Messages

/// How many people a business portfolio may begin to write to in a day.
package struct PortfolioLimit: Hashable, Sendable {
    /// Its name in the configuration.
    package let name: String
    /// So many different recipients in 24 hours.
    package let recipients: Int
    /// The accounts whose numbers belong to it.
    package let accounts: [String]

    package init(name: String, recipients: Int, accounts: [String]) {
        self.name = name
        self.recipients = recipients
        self.accounts = accounts
    }
}

/// Counts the different recipients of a portfolio's templates in a moving day, and lets new ones wait when they are used
/// up; who is among them already goes on.
///
/// What is on its way counts as if it arrived, and is given back when it certainly did not. A recipient who waits gets the
/// instant at which one of those that count leaves the day: each an instant of its own, for all messages to them. Whoever
/// does not come at it was called off, or is held by something else: after a time of grace the place is free. What is past
/// is taken off the front of what is in order of time, so asking costs no more the more there are. Pure; time is a
/// parameter, on the steady line.
struct PortfolioBudget {
    /// How long a recipient counts.
    static let window: Duration = .seconds(86_400)
    /// At which shares of the limit an operator is warned, in percent.
    static let warnings = [70, 90]

    /// An instant of a recipient's, in an order of time; in vain once the recipient has another one or none.
    fileprivate struct Entry: Hashable {
        let at: Timestamp
        let recipient: Int
    }

    let limit: PortfolioLimit
    /// Until when each recipient counts, by its hash.
    private var until: [Int: Timestamp] = [:]
    /// The same in order of time.
    private var queue: Deque<Entry> = []
    /// From where in the queue on instants were not given away yet.
    private var next = 0
    /// What a request on its way will be to its recipient if it does not arrive: as it was before.
    private var onTheWay: [MessageID: (recipient: Int, before: Timestamp?, until: Timestamp)] = [:]
    /// Who waits, and for when.
    private var waiting: [Int: Timestamp] = [:]
    /// The same in order of time.
    private var places: Deque<Entry> = []
    private var warned = 0
    /// Whether both are in order: what others told is put there at last.
    private var isInOrder = true
    /// What other nodes know of it; `nil` where this process counts alone.
    var shared: SharedPortfolio?

    /// A budget of which nobody has used anything.
    ///
    /// - Parameters:
    ///   - limit: How much it is.
    ///   - isShared: Whether other nodes use it too.
    init(_ limit: PortfolioLimit, isShared: Bool = false) {
        self.limit = limit
        shared = isShared ? SharedPortfolio() : nil
    }

    /// How a recipient stands: until when they count, and for when they wait.
    func standing(of recipient: Int) -> SharedPortfolio.Standing {
        SharedPortfolio.Standing(until: until[recipient], place: waiting[recipient])
    }

    /// How many recipients count, as of when it was last asked or told to forget.
    var used: Int { until.count }

    /// When a message to a recipient may leave; `nil` for at once.
    mutating func turn(to recipient: Int, at now: Timestamp) -> Timestamp? {
        forget(at: now)
        guard until[recipient] == nil, limit.recipients > 0 else { return nil }
        let place = waiting[recipient]
        let isEarly = place.map { $0 > now.advanced(by: HoldTimes.slack) } ?? true
        // Times of other nodes are as exact as the clocks that they were told by.
        if let place, !isEarly, shared != nil { forget(at: max(now, place.advanced(by: HoldTimes.slack))) }
        // At its instant a recipient goes by what has left the day; before that all others who wait come first.
        let others = isEarly ? waiting.count - (place == nil ? 0 : 1) : 0
        guard limit.recipients - until.count - others <= 0 else { return nil }
        if let place, isEarly { return place }
        let new = nextPlace() ?? now.advanced(by: Self.window)
        note(recipient)
        waiting[recipient] = new
        places.insert(Entry(at: new, recipient: recipient))
        return new
    }

    /// Notes that a message leaves.
    mutating func left(_ message: MessageID, to recipient: Int, at now: Timestamp) {
        let end = now.advanced(by: Self.window)
        note(recipient)
        onTheWay[message] = (recipient, until[recipient], end)
        waiting[recipient] = nil
        count(recipient, until: end)
    }

    /// Notes how a message's request ended; one that certainly did not arrive is given back.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - mayHaveArrived: Whether it may have.
    ///   - now: The time now, and not that of the end: what was over before now is forgotten.
    mutating func ended(_ message: MessageID, mayHaveArrived: Bool, at now: Timestamp) {
        guard let (recipient, before, end) = onTheWay.removeValue(forKey: message) else { return }
        guard !mayHaveArrived, until[recipient] == end else { return }
        // Another one to the same recipient left at the same moment, and may arrive.
        if let other = onTheWay.first(where: { $0.value.recipient == recipient && $0.value.until == end })?.key {
            onTheWay[other]?.before = before
            return
        }
        note(recipient)
        // Its old place in the queue is still there, unless it is past.
        until[recipient] = before.flatMap { $0 > now ? $0 : nil }
    }

    /// Takes over departures of earlier runs, and of nodes that did not count; of recipients who count already more is known.
    ///
    /// - Parameter departures: The last one of each recipient.
    mutating func remember(_ departures: [Int: Timestamp]) {
        for (recipient, time) in departures where until[recipient] == nil {
            note(recipient)
            let end = time.advanced(by: Self.window)
            (until[recipient], waiting[recipient]) = (end, nil)
            queue.append(Entry(at: end, recipient: recipient))
        }
        queue.sort { $0.at < $1.at }
        countGiven()
    }

    /// Takes over how others know a recipient; what they gave away counts once ``countGiven()`` is called.
    mutating func adopt(_ recipient: Int, _ standing: SharedPortfolio.Standing) {
        if let end = standing.until, until[recipient] != end {
            isInOrder = queue.add(Entry(at: end, recipient: recipient)) && isInOrder
        }
        if let place = standing.place, waiting[recipient] != place {
            isInOrder = places.add(Entry(at: place, recipient: recipient)) && isInOrder
        }
        (until[recipient], waiting[recipient]) = (standing.until, standing.place)
    }

    /// After a step of the clock others tell of everybody once more: so all is put in order at once.
    private mutating func putInOrder() {
        guard !isInOrder else { return }
        queue.sort { $0.at < $1.at }
        places.sort { $0.at < $1.at }
        (next, isInOrder) = (0, true)
        tidyIfWorth()
    }

    /// Puts back how recipients stood before something was decided that does not count, and messages that did not leave.
    mutating func restore(_ standings: [Int: SharedPortfolio.Standing], of messages: [MessageID]) {
        for (recipient, standing) in standings {
            // Their old places in both queues are still there, unless they are past: nobody would take them off again.
            until[recipient] = standing.until.flatMap { end in queue.first.map { $0.at <= end } == true ? end : nil }
            waiting[recipient] = standing.place.flatMap { at in places.first.map { $0.at <= at } == true ? at : nil }
        }
        for message in messages { onTheWay[message] = nil }
        countGiven()
    }

    /// Reckons from who waits which instants are given away; not while something is being decided.
    ///
    /// It is all before the last one that somebody waits for, and of those that fall together with it as many as wait for it.
    mutating func countGiven() {
        putInOrder()
        while let place = places.last, waiting[place.recipient] != place.at { places.removeLast() }
        guard let last = places.last?.at else { return next = 0 }
        let together = places.reversed().prefix { $0.at == last }
        // Who waited for the same instant before is in line twice.
        var given = Set(together.lazy.filter { [waiting] in waiting[$0.recipient] == last }.map(\.recipient)).count
        next = min(next, queue.count)
        while next > 0, queue[next - 1].at >= last { next -= 1 }
        while next < queue.count, queue[next].at <= last {
            let counts = until[queue[next].recipient] == queue[next].at
            guard queue[next].at < last || !counts || given > 0 else { return }
            if queue[next].at == last, counts { given -= 1 }
            next += 1
        }
    }

    /// Moves all instants by a span that clocks drifted apart.
    mutating func move(by span: Duration) {
        let entry = { (entry: Entry) in Entry(at: entry.at.advanced(by: span), recipient: entry.recipient) }
        (queue, places) = (Deque(queue.map(entry)), Deque(places.map(entry)))
        (until, waiting) = (until.mapValues { $0.advanced(by: span) }, waiting.mapValues { $0.advanced(by: span) })
        onTheWay = onTheWay.mapValues { way in
            (way.recipient, way.before?.advanced(by: span), way.until.advanced(by: span))
        }
    }

    /// Forgets who has left the day, and who waits no more.
    mutating func forget(at now: Timestamp) {
        while let first = queue.first, first.at <= now {
            queue.removeFirst()
            next = max(0, next - 1)
            if until[first.recipient] == first.at { until[first.recipient] = nil }
        }
        let old = now.advanced(by: .zero - HoldTimes.grace)
        while let first = places.first, first.at <= old {
            places.removeFirst()
            if waiting[first.recipient] == first.at { waiting[first.recipient] = nil }
        }
    }

    /// The share of the limit, in percent, that was passed since this was asked last, for a warning; `nil` for none.
    mutating func warning() -> Int? {
        guard limit.recipients > 0 else { return nil }
        let passed = Self.warnings.last { until.count * 100 >= limit.recipients * $0 } ?? 0
        defer { warned = passed }
        return passed > warned ? passed : nil
    }

    /// Notes how a recipient stands who is about to be changed, where others have to hear of that.
    private mutating func note(_ recipient: Int) {
        guard shared != nil else { return }
        let standing = standing(of: recipient)
        shared?.note(recipient, standing)
    }

    private mutating func count(_ recipient: Int, until end: Timestamp) {
        until[recipient] = end
        enqueue(recipient, until: end)
        tidyIfWorth()
    }

    private mutating func tidyIfWorth() {
        if queue.count > 2 * until.count + onTheWay.count + 1_024 { tidy() }
    }

    /// Puts an end where its time is: those that others told by a clock that is ahead may be later.
    private mutating func enqueue(_ recipient: Int, until end: Timestamp) {
        let index = queue.insert(Entry(at: end, recipient: recipient))
        if index < next { next += 1 }
    }

    /// What is left of a queue that has many entries in vain; what may be given back is not in vain.
    private mutating func tidy() {
        let before = onTheWay.values.compactMap { way in way.before.map { Entry(at: $0, recipient: way.recipient) } }
        let kept = Set(before)
        let counts = { [until] (entry: Entry) in until[entry.recipient] == entry.at || kept.contains(entry) }
        let given = queue.prefix(next).filter(counts)
        queue = Deque(given + queue.dropFirst(next).filter(counts))
        next = given.count
    }

    /// The next instant at which somebody leaves the day and that nobody waits for.
    private mutating func nextPlace() -> Timestamp? {
        while next < queue.count {
            defer { next += 1 }
            if until[queue[next].recipient] == queue[next].at { return queue[next].at }
        }
        return nil
    }
}

extension Deque<PortfolioBudget.Entry> {
    /// Puts an entry behind all others.
    ///
    /// - Returns: Whether it is there in its time.
    fileprivate mutating func add(_ entry: Element) -> Bool {
        defer { append(entry) }
        return last.map { $0.at <= entry.at } ?? true
    }

    /// Puts an entry where its time is, behind those of the same time; most are the last.
    ///
    /// - Returns: Where.
    @discardableResult
    fileprivate mutating func insert(_ entry: Element) -> Int {
        var index = count
        while index > 0, self[index - 1].at > entry.at { index -= 1 }
        insert(entry, at: index)
        return index
    }
}
