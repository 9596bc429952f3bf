// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CurlTransport

@Suite("The inbox")
struct InboxTests {
    @Test("wakes the thread once for all that comes before it looks")
    func coalesces() {
        var inbox = Inbox<String>()
        #expect(inbox.start(1, "a") == .accepted(wakes: true))
        #expect(inbox.start(2, "b") == .accepted(wakes: false))
        #expect(inbox.cancel(1) == false)
        let commands = inbox.take()
        #expect(commands.starts.map(\.id) == [1, 2])
        #expect(commands.starts.map(\.request) == ["a", "b"])
        #expect(commands.cancels == [1])
        let later = inbox.take()
        #expect(later.isEmpty)
        #expect(inbox.start(3, "c") == .accepted(wakes: true))
    }

    @Test("a cancel before its start refuses the start")
    func cancelFirst() {
        var inbox = Inbox<String>()
        #expect(inbox.cancel(1) == false)
        #expect(inbox.start(1, "a") == .cancelled)
        let commands = inbox.take()
        #expect(commands.isEmpty)
        inbox.forget(1)
        #expect(inbox.count == 0)
    }

    @Test("a second cancel says nothing new")
    func cancelTwice() {
        var inbox = Inbox<String>()
        _ = inbox.start(1, "a")
        _ = inbox.take()
        #expect(inbox.cancel(1) == true)
        #expect(inbox.cancel(1) == false)
        let commands = inbox.take()
        #expect(commands.cancels == [1])
    }

    @Test("nothing is remembered of what was forgotten")
    func forgets() {
        var inbox = Inbox<String>()
        for id in 1...3 { _ = inbox.start(id, "a") }
        _ = inbox.cancel(2)
        for id in 1...3 { inbox.forget(id) }
        #expect(inbox.count == 0)
    }

    @Test("closed, it refuses starts, still hands over what came before, and stays closed")
    func closes() {
        var inbox = Inbox<String>()
        _ = inbox.start(1, "a")
        #expect(inbox.close() == true)
        #expect(inbox.close() == false)
        #expect(inbox.start(2, "b") == .closed)
        let commands = inbox.take()
        #expect(commands.starts.map(\.id) == [1])
        #expect(commands.isClosed)
        let later = inbox.take()
        #expect(later.isClosed)
    }
}
