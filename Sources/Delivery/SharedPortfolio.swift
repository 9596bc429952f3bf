// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox

/// What several nodes know together of a portfolio's recipients, as one of them sees it.
///
/// Each node has all of it and asks the law (``PortfolioBudget``) by itself. What that says counts once the store has taken it, which it does where
/// nobody changed anything since the node heard last; else the node takes back what it decided, takes over what others did, and
/// asks the law again. Pure.
struct SharedPortfolio {
    /// How a recipient stands: until when they count, and for when they wait; on the steady line.
    struct Standing: Hashable {
        var until: Timestamp?
        var place: Timestamp?

        fileprivate func moved(by span: Duration) -> Self {
            Self(until: until?.advanced(by: span), place: place?.advanced(by: span))
        }
    }

    /// Up to which of its versions it is known here; 0 where nobody has told anything of it.
    private(set) var version: Int64 = 0
    /// The recipients that are being decided about, as they were before that; `nil` between decisions.
    private var before: [Int: Standing]?
    /// How far the steady line was ahead of the store's time when that was looked at, in whole milliseconds: each look differs by a little,
    /// and what falls together has to do so however often it is told and heard.
    private(set) var lead: Duration?
    /// What has happened here since, of which the store has not heard.
    private var untold: Set<Int> = []

    /// Whether there is something to tell.
    var hasNews: Bool { !untold.isEmpty }

    /// Notes how a recipient stood before that changes.
    mutating func note(_ recipient: Int, _ standing: Standing) {
        if before == nil {
            untold.insert(recipient)
        } else if before?[recipient] == nil {
            before?[recipient] = standing
        }
    }

    fileprivate mutating func begin() { before = [:] }

    /// From now on goes by another lead.
    ///
    /// - Returns: By how much what is known moves: by nothing after a step of the clock, which the store follows.
    fileprivate mutating func look(at lead: Duration) -> Duration? {
        let known = self.lead ?? lead
        let difference = lead - known
        guard self.lead == nil || max(difference, .zero - difference) > HoldTimes.slack else { return nil }
        let whole = Duration.milliseconds(lead.microseconds / 1_000)
        defer { self.lead = whole }
        guard let last = self.lead, max(difference, .zero - difference) < ClockSteps.smallest else { return nil }
        before = before?.mapValues { $0.moved(by: whole - last) }
        return whole - last
    }

    /// Whoever changed.
    fileprivate var changed: Set<Int> { untold.union(before?.keys.map(\.self) ?? []) }

    fileprivate mutating func end() -> [Int: Standing] {
        defer { before = nil }
        return before ?? [:]
    }

    fileprivate mutating func told(_ version: Int64) { (self.version, before, untold) = (version, nil, []) }

    fileprivate mutating func heard(_ recipient: Int) { untold.remove(recipient) }

    fileprivate mutating func heard(_ version: Int64) { self.version = version }
}

extension PortfolioBudget {
    /// Whether other nodes have to hear something of it.
    var hasNews: Bool { shared?.hasNews ?? false }

    /// Begins to decide: until the store takes it (``tell(to:_:at:lead:)``), nothing of it counts.
    mutating func begin() { shared?.begin() }

    /// Tells the other nodes what happened and was decided here; where they told something first, takes over that, and takes back what was
    /// decided.
    ///
    /// - Parameters:
    ///   - paces: What the nodes share.
    ///   - messages: Those that were to leave.
    ///   - now: The time now: until then counts whom it gives back, so that the others hear of that before the row is swept.
    ///   - lead: How far the steady line is ahead of the store's time.
    /// - Returns: Whether what was decided holds: it was taken, or there was nothing to take and others changed nothing.
    /// - Throws: `StoreError`; what was decided is taken back then, and may count all the same until its time is over.
    mutating func tell(
        to paces: any SharedPaces,
        _ messages: [MessageID] = [],
        at now: Timestamp,
        lead: Duration
    ) async throws(StoreError) -> Bool {
        if let span = shared?.look(at: lead) { move(by: span) }
        guard let known = shared, let lead = known.lead else { return true }
        let changes = known.changed.sorted().map { recipient in
            let back = Duration.zero - lead
            var standing = standing(of: recipient)
            if standing.place == nil { standing.until = standing.until ?? now }
            return PortfolioRow(
                recipient: Int64(recipient),
                countsUntil: standing.until?.advanced(by: back),
                waitsUntil: standing.place?.advanced(by: back)
            )
        }
        do {
            let news = try await paces.share(limit.name, changes, knowing: known.version)
            if news.isTaken { shared?.told(news.version) } else { takeBack(messages) }
            for row in news.rows { hear(row, lead: lead) }
            if !news.rows.isEmpty { countGiven() }
            shared?.heard(news.version)
            return news.isTaken || changes.isEmpty && news.version == known.version
        } catch {
            takeBack(messages)
            throw error
        }
    }

    private mutating func takeBack(_ messages: [MessageID]) {
        restore(shared?.end() ?? [:], of: messages)
    }

    private mutating func hear(_ row: PortfolioRow, lead: Duration) {
        let (until, place) = (row.countsUntil?.advanced(by: lead), row.waitsUntil?.advanced(by: lead))
        shared?.heard(Int(row.recipient))
        adopt(Int(row.recipient), .init(until: until, place: place))
    }
}
