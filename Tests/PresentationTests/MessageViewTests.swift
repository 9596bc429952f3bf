// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import Presentation
import Testing

@Suite("A message as the command line shows it")
struct MessageViewTests {
    private let due = Timestamp(seconds: 1_768_451_400)

    private func recipient(_ phone: String) throws -> MessageRequest.Recipient { .phone(try PhoneNumberDigits(phone)) }

    private func detail(_ state: MessageState) throws -> MessageDetail {
        let request = try MessageRequest(recipient: recipient("919845061237"), content: .text("Hi"))
        let reason = "pair pace: a message to the recipient left just before; its turn is at 2026-01-15T04:30:00.000Z"
        let message = Message(
            id: MessageID(rawValue: "msg_1"),
            event: EventID(rawValue: "evt_1"),
            source: "shop",
            rule: "r",
            account: "main",
            request: RenderedRequest(request),
            state: state,
            reason: reason,
            dueAt: state.isWaiting ? due : nil,
            expiresAt: nil,
            onUncertain: .retry,
            attempts: 1,
            partnerID: nil,
            createdAt: due,
            updatedAt: due
        )
        return MessageDetail(message: message, attempts: [], timeline: [])
    }

    @Test("times in a text have the recipient's own beside them, with the zone's name, summer time and half hours too")
    func localTimes() throws {
        let india = LocalTimes(of: try recipient("919845061237"))
        #expect(
            india.adding(to: "its turn is at 2026-01-15T04:30:00.000Z; it expires at 2026-01-15T20:00:01.500Z")
                == "its turn is at 2026-01-15T04:30:00.000Z (2026-01-15 10:00 Asia/Kolkata); it expires at "
                + "2026-01-15T20:00:01.500Z (2026-01-16 01:30:01 Asia/Kolkata)"
        )
        #expect(india.adding(to: "(2026-01-15T04:30:00Z)") == "(2026-01-15T04:30:00Z (2026-01-15 10:00 Asia/Kolkata))")
        for text in ["", "no time", "Zebra 2026 Z", "order 2026-01-15Z", "at  2026-01-15T04:30:00"] {
            #expect(india.adding(to: text) == text)
        }
        let germany = LocalTimes(of: try recipient("4915123456789"))
        #expect(
            germany.adding(to: "2026-03-29T00:59:59Z") == "2026-03-29T00:59:59Z (2026-03-29 01:59:59 Europe/Berlin)"
        )
        #expect(germany.adding(to: "2026-03-29T01:00:00Z") == "2026-03-29T01:00:00Z (2026-03-29 03:00 Europe/Berlin)")
    }

    @Test("where a country has several clocks, or nobody is known, times stand alone")
    func noZone() throws {
        let time = "2026-01-15T04:30:00Z"
        #expect(LocalTimes(of: try recipient("12125550123")).adding(to: time) == time)
        #expect(LocalTimes(of: .contact("c1")).adding(to: time) == time)
        #expect(LocalTimes(of: nil).adding(to: time) == time)
    }

    @Test("a message that is due and does not leave says how late it is, and where to look")
    func late() throws {
        let (minute, hour) = (due.advanced(by: .seconds(59)), due.advanced(by: .seconds(3_600)))
        let waiting = try detail(.deferred)
        let text = OutboxViews.text(waiting, at: hour)
        let words = "it was due 60 min ago: 'hookline accounts list' says what holds account 'main'"
        #expect(text.contains(words) && text.contains("2026-01-15T04:30:00.000Z (2026-01-15 10:00 Asia/Kolkata)"))
        #expect(!OutboxViews.text(waiting, at: minute).contains("late"))
        #expect(!OutboxViews.text(try detail(.accepted), at: hour).contains("late"))
        let note = "\n2 messages due for more than a minute: 'hookline accounts list' says what holds their accounts\n"
        let list = [waiting.message, waiting.message, try detail(.failed).message]
        #expect(OutboxViews.table(list, at: hour).hasSuffix(note))
        #expect(!OutboxViews.table(list, at: minute).contains("due for"))
        #expect(!OutboxViews.table(list).contains("due for"))
    }
}
