// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import Presentation
import TestSupport
import Testing

@Suite("A list of consent as a file")
struct ConsentFileTests {
    private let now = TestClock().now

    private func read(_ text: String, country: String? = "IN") -> ConsentFile {
        ConsentFile(Array(text.utf8), .init(country: country, accounts: ["main", "second"], at: now, who: "asha"))
    }

    private func line(
        _ recipient: String,
        _ decision: ConsentEntry.Decision = .optedOut,
        _ scope: ConsentScope = .all,
        account: String? = nil,
        reason: String? = nil
    ) -> ConsentEntry {
        ConsentEntry(
            recipient,
            decision,
            scope,
            account: account,
            origin: .import,
            at: now,
            who: "asha",
            reason: reason
        )
    }

    @Test("numbers may be spelled as people do, and what a line leaves out is an opt-out of all (47)")
    func reads() {
        let list = read("phone\n+91 98123 45670\n098123-45671\n\n\"98123 45672\"\n")
        #expect(list.mistakes == [])
        #expect(list.entries == (0...2).map { line("phone:91981234567\($0)") })
    }

    @Test("a spreadsheet's separator, order, quotes, line ends and byte order mark are its own (47)")
    func spreadsheet() {
        let list = read(
            "\u{FEFF}State;Phone;Category;Reason;account\r\nopted-in;98123 45670;marketing;\"said; \"\"yes\"\"\";second\r\n"
        )
        #expect(list.mistakes == [])
        let expected = line("phone:919812345670", .optedIn, .marketing, account: "second", reason: "said; \"yes\"")
        #expect(list.entries == [expected])
    }

    @Test("every mistake is told with its line and column, and without the number (47)")
    func mistakes() {
        let list = read(
            """
            phone,state,category,account,at
            98123 45670,opted-out,all,main,2026-01-15T00:00:00Z
            1234,opted-out,all,main,
            +91 98123 45671,out,everything,third,tomorrow
            98123 45672,opted-out
            ,opted-out,all,main,
            "98123
            45673",opted-out,,,2027-01-01T00:00:00Z
            """,
            country: nil
        )
        #expect(
            list.mistakes.map { "\($0)" } == [
                "2:1: the phone number ending in 70 has no country code, and no country is given to read it in",
                "3:1: the phone number has no country code, and no country is given to read it in",
                "4:17: 'out' is no state; expected one of opted-out, opted-in",
                "4:21: 'everything' is no category; expected one of marketing, all-but-authentication, all",
                "4:32: the configuration has no account 'third'; it has main, second",
                "4:38: no time that has come; expected one such as 2026-01-15T10:30:00Z",
                "5:1: 2 fields; expected 5, as in the first line",
                "6:1: the line names nobody",
                "7:1: the phone number ending in 73 has no country code, and no country is given to read it in",
                "8:20: no time that has come; expected one such as 2026-01-15T10:30:00Z",
            ]
        )
        #expect(list.entries == [])
    }

    @Test(
        "a first line of no use is told, and nothing is read (47)",
        arguments: [
            (
                "phone,categroy\n1,2",
                "1:7: there is no column 'categroy'; the first line names some of phone, contact, state, category, account, at, "
                    + "origin, who, reason, event"
            ),
            ("state\nopted-out", "1:1: no column says whom a line is about; expected 'phone' or 'contact'"),
            ("phone,phone\n1,2", "1:1: a column stands twice"),
            ("phone,\"reason\n", "1:7: a quoted field does not end"),
            ("\"phone\"x\n", "1:8: a quoted field goes on behind its closing quote"),
        ]
    )
    func heads(_ text: String, _ mistake: String) {
        #expect(read(text).mistakes.map { "\($0)" } == [mistake])
        #expect(read(text).entries == [])
    }

    @Test("what is exported is what an import reads (47)")
    func roundTrip() {
        let lines = [
            line("phone:919812345670", reason: "a, \"b\"\nc"),
            line("contact:c1", .optedIn, .marketing, account: "main", reason: "=1+1"),
            line("contact:+c2", reason: "+1 and 'more'"), line("contact:c3", reason: "'quoted'"),
            ConsentEntry(
                "phone:5511987654321",
                .optedOut,
                .allButAuthentication,
                origin: .stopWord,
                at: Timestamp(microseconds: 1_700_000_000_123_456),
                who: "whatsapp",
                event: EventID(rawValue: "evt_1")
            ),
        ]
        let list = read(ConsentFile.table(lines), country: nil)
        #expect(list.mistakes == [])
        #expect(list.entries == lines)
        let table = ConsentFile.table(lines)
        #expect(table.contains("\n+919812345670,") && table.contains(",'=1+1,"))
        #expect(table.contains("\n,'+c2,") && table.contains(",'+1 and 'more',") && table.contains(",'quoted',"))
    }

    @Test("what was read and written is said in a line, and as JSON (47)")
    func report() {
        let list = read("phone\n+919812345670\n12\n")
        #expect(list.text(nil) == "read 1 opt-out, 0 opt-ins, 1 mistake; nothing is written without --apply\n")
        #expect(
            list.text(nil, isAsked: true)
                == "read 1 opt-out, 0 opt-ins, 1 mistake; nothing is written with mistakes, unless --skip-mistakes leaves "
                + "them out\n"
        )
        #expect(list.text(ConsentReceipt(added: 1)) == "read 1 opt-out, 0 opt-ins, 1 mistake; wrote 1 line\n")
        let json = list.json(ConsentReceipt(added: 1))
        #expect(json["written"]?["written"]?.number?.int == 1)
        #expect(list.json(nil)["written"] == .null)
        #expect(json["mistakes"]?[0]?["line"]?.number?.int == 3)
    }
}
