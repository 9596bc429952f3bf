// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CurlTransport

@Suite("The inbox")
struct InboxTests {
    /// What was taken, as words.
    private func words(_ taken: (commands: [Inbox<String>.Command], isClosed: Bool)) -> [String] {
        taken.commands.map { command in
            switch command {
            case .start(let batch): "start \(batch)"
            case .cancel: "cancel"
            }
        } + (taken.isClosed ? ["closed"] : [])
    }

    @Test("wakes the thread once for all that comes before it looks, and keeps the order")
    func coalesces() {
        var inbox = Inbox<String>()
        #expect(inbox.sleep() == true)
        #expect(inbox.start("a", count: 30) == .accepted(wakes: true))
        #expect(inbox.start("b", count: 1) == .accepted(wakes: false))
        #expect(inbox.cancel(TransferGroup()) == false)
        #expect(inbox.start("c", count: 1) == .accepted(wakes: false))
        #expect(words(inbox.take()) == ["start a", "start b", "cancel", "start c"])
        #expect(words(inbox.take()).isEmpty)
        #expect(inbox.sleep() == true)
        #expect(inbox.start("d", count: 1) == .accepted(wakes: true))
    }

    @Test("wakes no thread that works, which finds what came before it may sleep")
    func staysAwake() {
        var inbox = Inbox<String>()
        #expect(inbox.start("a", count: 1) == .accepted(wakes: false))
        #expect(inbox.sleep() == false)
        #expect(words(inbox.take()) == ["start a"])
        #expect(inbox.start("b", count: 1) == .accepted(wakes: false))
        #expect(inbox.sleep() == false)
        #expect(words(inbox.take()) == ["start b"])
        #expect(inbox.sleep() == true)
        #expect(inbox.close() == true)
        #expect(inbox.sleep() == false)
    }

    @Test("a cancel wakes the thread, unless there is nothing that it could end")
    func cancels() {
        var inbox = Inbox<String>()
        #expect(inbox.cancel(TransferGroup()) == false)
        #expect(words(inbox.take()).isEmpty)
        _ = inbox.start("a", count: 2)
        _ = inbox.take()
        #expect(inbox.sleep() == true)
        inbox.end(1)
        #expect(inbox.cancel(TransferGroup()) == true)
        inbox.end(1)
        #expect(inbox.open == 0)
        #expect(words(inbox.take()) == ["cancel"])
        #expect(inbox.cancel(TransferGroup()) == false)
    }

    @Test("closed, it refuses starts, still hands over what came before, and stays closed")
    func closes() {
        var inbox = Inbox<String>()
        _ = inbox.start("a", count: 1)
        _ = inbox.take()
        #expect(inbox.sleep() == true)
        #expect(inbox.start("b", count: 1) == .accepted(wakes: true))
        #expect(inbox.close() == false)
        #expect(inbox.close() == false)
        #expect(inbox.start("c", count: 1) == .closed)
        #expect(words(inbox.take()) == ["start b", "closed"])
        #expect(words(inbox.take()) == ["closed"])
    }
}
