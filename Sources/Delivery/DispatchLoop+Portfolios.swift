// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox

// What the loop agrees about with other nodes of its store: who is among the recipients of a portfolio's day.

extension DispatchLoop {
    /// So often a node asks the law again because others were faster; what is left then is claimed again.
    private static let tries = 8

    /// Holds back what a portfolio lets wait, as all nodes agree; the others leave.
    ///
    /// - Parameters:
    ///   - messages: Messages that nothing else holds, by which portfolio counts them.
    ///   - end: Until when they may be handed to the sender.
    /// - Returns: Those that may leave.
    mutating func agree(on messages: [Int: [ClaimedMessage]], until end: Timestamp) async -> [ClaimedMessage] {
        let portfolios = messages.sorted { $0.key < $1.key }
        var (free, given) = (portfolios.flatMap(\.value), Set<MessageID>())
        for (index, counted) in portfolios {
            guard let holds = await agree(on: counted, of: index) else {
                for message in counted { giveBack(message, because: "the other nodes did not agree in time") }
                given.formUnion(counted.map(\.id))
                continue
            }
            for message in counted {
                guard let hold = holds[message.id] else { continue }
                holdBack(message, hold)
                given.insert(message.id)
            }
            if let warning = throttle.paces.warning(of: index) { dispatcher.announce(warning) }
        }
        free.removeAll { given.contains($0.id) }
        guard steady >= end else { return free }
        for message in free {
            throttle.paces.didNotLeave(message, at: steady)
            giveBack(message, because: "it was claimed too long ago to be sent")
        }
        return []
    }

    /// Whether an account's messages would not only be given back.
    ///
    /// Those of a portfolio would while the store fails at portfolios, and may for a moment after the nodes did not agree.
    func mayAgree(_ account: String) -> Bool {
        guard let index = throttle.paces.budgetOf[account] else { return true }
        return isOver(troubles[index]) && isOver(disagreements[index])
    }

    private func isOver(_ time: Timestamp?) -> Bool { time.map { $0 <= steady } ?? true }

    /// Claims nothing for a moment of a portfolio about which the nodes did not agree, each for another one.
    private mutating func rest(of index: Int) {
        let most = 50 * Int64(dispatcher.paces?.nodes ?? 1)
        disagreements[index] = steady.advanced(by: .milliseconds(Int64.random(in: 50...50 + most, using: &random)))
        watch.rang()
    }

    /// Tells the other nodes of portfolios what happened here, and hears what happened there; a store that failed at one of them is left
    /// alone for a while about that one, but by a node that ends.
    ///
    /// - Parameter asks: Whether it hears where it has nothing to tell.
    mutating func sharePortfolios(asks: Bool) async {
        let budgets = throttle.paces.budgets.indices.filter { index in
            guard let shared = throttle.paces.budgets[index].shared else { return false }
            guard asks || shared.hasNews || troubles[index] != nil else { return false }
            return isOver(troubles[index]) || drainEnds != nil
        }
        for index in budgets {
            // Others may be faster: what they changed is heard then, and what happened here is told again.
            for _ in 0..<Self.tries {
                guard await tell(of: index) != nil, throttle.paces.budgets[index].hasNews else { break }
            }
        }
    }

    /// - Returns: What holds those that have to wait; `nil` where the nodes did not agree, and nothing has happened.
    private mutating func agree(on messages: [ClaimedMessage], of index: Int) async -> [MessageID: HeldBack]? {
        for _ in 0..<Self.tries {
            let holds = throttle.paces.decide(messages, of: index, at: steady)
            guard let isTaken = await tell(of: index, messages.map(\.id)) else { return nil }
            if isTaken { return holds }
        }
        rest(of: index)
        return nil
    }

    /// - Returns: Whether what was decided holds; `nil` where the store failed, or has to follow a step of the clock first.
    private mutating func tell(of index: Int, _ messages: [MessageID] = []) async -> Bool? {
        guard let paces = dispatcher.paces, steps.pending == .zero else { return nil }
        let steady = steady
        let lead = now.duration(to: steady)
        let told: Result<Bool, StoreError>
        do throws(StoreError) {
            told = .success(try await throttle.paces.budgets[index].tell(to: paces, messages, at: steady, lead: lead))
        } catch {
            told = .failure(error)
        }
        let isTaken = try? told.get()
        troubles[index] = isTaken == nil ? self.steady.advanced(by: storePause) : nil
        // One that works says nothing of the others.
        heed(told, of: isTaken == nil || troubles.isEmpty ? .portfolios : nil)
        return isTaken
    }
}
