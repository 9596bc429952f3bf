// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Outbox
import Testing

@Suite("A page of a list that is at hand whole")
struct PageTests {
    @Test("pages go on and back, the newest first, and stay what they are while the list grows")
    func goesOn() {
        var all = Array(1...5)
        let first = Page(newestOf: all, limit: 2, cursor: nil)
        #expect(first.elements == [5, 4] && first.previous == nil)
        all += [6, 7]
        let second = Page(newestOf: all, limit: 2, cursor: first.next)
        #expect(second.elements == [3, 2])
        let last = Page(newestOf: all, limit: 2, cursor: second.next)
        #expect(last.elements == [1] && last.next == nil)
        #expect(Page(newestOf: all, limit: 2, cursor: last.previous).elements == second.elements)
        let front = Page(newestOf: all, limit: 2, cursor: second.previous)
        #expect(front.elements == first.elements)
        let newest = Page(newestOf: all, limit: 2, cursor: front.previous)
        #expect(newest.elements == [7, 6] && newest.previous == nil)
        #expect(Page(newestOf: all, limit: 2, cursor: .front).elements == [2, 1])
        #expect(Page(newestOf: [Int](), limit: 2, cursor: nil).next == nil)
    }
}
