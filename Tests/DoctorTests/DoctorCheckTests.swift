// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Messages
import Outbox
import PartnerAPI
import PartnerClient
import Rules
import ScriptedCatalogues
import TestSupport
import Testing

@testable import Doctor
@testable import TemplateCatalogues

@Suite("What the doctor says")
struct DoctorCheckTests {
    private typealias Finding = DoctorReport.Finding
    private let now = TestClock().now

    @Test("a report is healthy until one finding is wrong, and says so to people and programs")
    func report() {
        let well = DoctorReport([.init("store", .fine, "it opens"), .init("rules", .note, "no tests")])
        #expect(well.isHealthy)
        #expect(
            well.text == """
                AREA   RESULT  FOUND
                store  fine    it opens
                rules  note    no tests

                nothing is wrong

                """
        )
        let ill = DoctorReport(well.findings + [.init("clock", .wrong, "it is late")])
        #expect(!ill.isHealthy)
        #expect(ill.text.contains("clock  WRONG   it is late\n\none thing is wrong\n"))
        #expect(ill.json["healthy"] == false)
        #expect(ill.json["findings"]?[2] == ["area": "clock", "result": "wrong", "found": "it is late"])
    }

    @Test(
        "the clock is compared with the partner's to seconds",
        arguments: [
            (0, .fine), (10, .fine), (-10, .fine), (11, .note), (-300, .note), (301, .wrong), (-3_600, .wrong),
        ] as [(Int64, DoctorReport.Verdict)]
    )
    func clock(_ lead: Int64, _ verdict: DoctorReport.Verdict) throws {
        let comparison = ClockCheck.Comparison(partner: now, ours: now.advanced(by: .seconds(lead)))
        let findings = ClockCheck(now: now, comparison: comparison).findings
        #expect(findings.map(\.verdict) == [verdict])
        guard verdict != .fine else { return }
        let words = "\(abs(lead)) seconds \(lead < 0 ? "behind" : "ahead of") the partner's"
        #expect(findings[0].sentence.contains(words))
    }

    @Test("without the partner's clock, one that is a day beyond the store's last time is wrong")
    func aheadOfStore() {
        func verdict(_ seconds: Int64, _ comparison: ClockCheck.Comparison?) -> [DoctorReport.Verdict] {
            let last = now.advanced(by: .seconds(-seconds))
            return ClockCheck(now: now, comparison: comparison, lastTime: last).findings.map(\.verdict)
        }
        #expect(verdict(86_400, nil) == [.fine])
        #expect(verdict(86_401, nil) == [.wrong])
        #expect(verdict(34_560_000, ClockCheck.Comparison(partner: now, ours: now)) == [.fine])
    }

    @Test("a clock that shows a year before this version is wrong without any partner")
    func oldClock() {
        let old = ClockCheck(now: Timestamp(seconds: 0), comparison: nil)
        #expect(old.findings.map(\.verdict) == [.wrong])
        #expect(ClockCheck(now: now, comparison: nil).findings.map(\.verdict) == [.fine])
    }

    @Test(
        "a store that is missing is to be made, one that is broken or damaged is wrong",
        arguments: [
            (.open(.sound), .fine), (.open(.unfinished(after: .seconds(60))), .note),
            (.open(.damaged("page 7")), .wrong), (.open(.flawed("the index x is invalid")), .wrong), (.missing, .note),
            (.broken("the file is no database"), .wrong),
        ] as [(StoreCheck.State, DoctorReport.Verdict)]
    )
    func store(_ state: StoreCheck.State, _ verdict: DoctorReport.Verdict) {
        #expect(StoreCheck(path: "a.db", state: state, freeBytes: nil).findings.map(\.verdict) == [verdict])
    }

    @Test("for a broken database another one is to be named, not another file")
    func brokenDatabase() {
        var check = StoreCheck(path: "a database", state: .broken("it refuses"), freeBytes: nil)
        check.isFile = false
        #expect(check.findings.map(\.sentence) == ["a database: it refuses; mend it, or name another one at 'store'"])
    }

    @Test("a store that is missing can be made in a folder that is there and can be written")
    func obstacle() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "a.db").path
            #expect(StoreCheck.obstacle(to: path) == nil)
            #expect(
                StoreCheck.obstacle(to: path) { _ in false } == "nothing can be written in its folder, '\(folder.path)'"
            )
            try Data().write(to: folder.appending(path: "b"))
            for name in ["none", "b"] {
                let inside = folder.appending(path: name).path
                #expect(StoreCheck.obstacle(to: inside + "/a.db") == "there is no folder '\(inside)'")
            }
        }
    }

    @Test(
        "little room on the disk is worth a note, too little is wrong",
        arguments: [(2 << 30, .fine), (500 << 20, .note), (99 << 20, .wrong)] as [(Int64, DoctorReport.Verdict)]
    )
    func room(_ bytes: Int64, _ verdict: DoctorReport.Verdict) {
        #expect(
            StoreCheck(path: "a.db", state: .open(.sound), freeBytes: bytes).findings.map(\.verdict) == [
                .fine, verdict,
            ]
        )
    }

    @Test("an account is well when its key works and it has the rules' templates")
    func partner() {
        let good = catalogue(("a", "en", "APPROVED"), ("b", "en", "PAUSED"))
        let alert = TemplateAlert(account: "main", reason: "the template 'b' (en) is PAUSED", rules: ["paid"])
        #expect(
            PartnerCheck(account: "main", answer: .success(good), alerts: [alert]).findings == [
                Finding("account main", .fine, "the key works; 1 template is approved, 1 is not"),
                Finding(
                    "account main",
                    .wrong,
                    "the template 'b' (en) is PAUSED; used by paid; 'hookline templates' lists those it has"
                ),
            ]
        )
        #expect(PartnerCheck(account: "main", answer: .success(catalogue()), alerts: []).findings[0].verdict == .note)
    }

    @Test("an account whose key is refused, or whose partner is away, is wrong, each in its words")
    func partnerTrouble() {
        let refused = PartnerClientError(.unauthorized, account: "main", "the partner refused the credentials (401)")
        let away = PartnerClientError(.unreachable, account: "main", "connection refused")
        let sentences = [refused, away].map { error in
            PartnerCheck(account: "main", answer: .failure(error), alerts: []).findings
        }
        #expect(
            sentences == [
                [
                    .init(
                        "account main",
                        .wrong,
                        "the partner refuses the key: \(refused.reason); set 'api_key' and 'api_secret' to a key of its workspace"
                    )
                ],
                [
                    .init(
                        "account main",
                        .wrong,
                        "the partner gave no templates: connection refused; check 'base_url' and the network"
                    )
                ],
            ]
        )
    }

    @Test("a source tells its secrets, its last event and why requests were refused, the most common reason first")
    func source() {
        let history = SourceCheck.History(
            lastEvent: now,
            lastUses: ["SHOP_NEW": now],
            pending: .init(count: 3, reason: "the API answered 503"),
            refusals: ["bad_signature": 2, "body_too_large": 7, "a_code": 2],
            hasMore: false,
            parked: .init(count: 2, hasMore: false, reason: "the body is empty", id: EventID(rawValue: "evt_1"))
        )
        let check = SourceCheck(
            name: "shop",
            path: "/hooks/shop",
            secrets: ["SHOP_NEW", "SHOP_OLD"],
            written: ["SHOP_OLD": now],
            history: history
        )
        #expect(
            check.findings == [
                .init("source shop", .fine, "/hooks/shop has 2 secrets; remove the old ones after a rotation"),
                .init(
                    "source shop",
                    .fine,
                    "secret SHOP_NEW signed an event last at 2026-01-15T04:30:00.000Z"
                ),
                .init(
                    "source shop",
                    .fine,
                    "secret SHOP_OLD signed no event that is kept; its file was written at 2026-01-15T04:30:00.000Z"
                ),
                .init("source shop", .fine, "it last sent at 2026-01-15T04:30:00.000Z"),
                .init(
                    "source shop",
                    .note,
                    "3 of its events wait for a look-up: the API answered 503; 'hookline events list --source shop --result pending' shows them"
                ),
                .init(
                    "source shop",
                    .wrong,
                    "2 bodies of the last day could not be read and sent nothing; the last, evt_1: the body is empty; 'hookline events show evt_1' shows it as it came"
                ),
                .init(
                    "source shop",
                    .note,
                    "11 requests were refused in the last day: body_too_large 7, a_code 2, bad_signature 2; 'hookline events list --rejected --source shop' says why"
                ),
            ]
        )
    }

    @Test("a source that only ever was refused is wrong, one that nobody uses yet is not")
    func sourceTrouble() {
        let refused = SourceCheck.History(
            lastEvent: nil,
            lastUses: [:],
            pending: nil,
            refusals: ["bad_signature": 1_000],
            hasMore: true
        )
        let silent = SourceCheck.History(lastEvent: nil, lastUses: [:], pending: nil, refusals: [:], hasMore: false)
        let verdicts = [refused, silent].map { history in
            SourceCheck(name: "shop", path: "/hooks/shop", secrets: ["SHOP"], history: history).findings.map(\.verdict)
        }
        #expect(verdicts == [[.fine, .note, .wrong], [.fine, .note, .fine]])
        let open = SourceCheck(name: "shop", path: "/hooks/shop", secrets: [], history: nil)
        #expect(open.findings.map(\.verdict) == [.note])
    }

    @Test("the service is asked for what does not work; that it does not run is only a note")
    func service() {
        let readiness: JSON = [
            "ready": true,
            "checks": [
                ["name": "store", "passing": true, "detail": "takes writes"],
                ["name": "templates main", "passing": false, "detail": "a template is paused"],
            ],
        ]
        let check = ServiceCheck(address: "http://127.0.0.1:1/readyz", answer: .readiness(readiness))
        #expect(
            check.findings == [
                .init("service", .fine, "http://127.0.0.1:1/readyz says that it is ready"),
                .init("service", .wrong, "templates main: a template is paused"),
            ]
        )
        let silent = ServiceCheck(address: "http://127.0.0.1:1/readyz", answer: .none("connection refused"))
        #expect(silent.findings.map(\.verdict) == [.note])
    }

    @Test("rules that do not compile are told with their places, failing tests with their number")
    func rules() {
        let text = "version: 1\nrules:\n  - name: a\n    to: \"1\"\n    send: {text: \"{{ x | mony }}\"}\n"
        let (_, diagnostics) = RuleFolder.load(texts: [("rules.yaml", text)])
        let broken = RulesCheck(ruleCount: nil, diagnostics: diagnostics, testCount: 0, failedCount: 0)
        #expect(broken.findings.map(\.verdict) == [.wrong])
        #expect(broken.findings[0].sentence.hasPrefix("rules.yaml:"))
        let failing = RulesCheck(ruleCount: 2, diagnostics: [], testCount: 5, failedCount: 1)
        #expect(
            failing.findings == [
                .init("rules", .fine, "2 rules compile"),
                .init("rules", .wrong, "1 of 5 tests failed; 'hookline rules test' shows how"),
            ]
        )
        let none = RulesCheck(ruleCount: 1, diagnostics: [], testCount: 0, failedCount: 0)
        #expect(none.findings[1].sentence.hasSuffix("which 'hookline rules test' runs"))
    }

    @Test("rules about a source that the configuration lacks are told with their place, beside the other warnings")
    func unknownSource() throws {
        let text = "version: 1\nsource: shopp\nrules:\n  - {name: a, to: \"+919845061237\", send: {text: Hello}}\n"
        let checked = RuleFolder.check(texts: [("a.yaml", text)], options: RuleCheckOptions(sources: ["shop", "erp"]))
        let check = RulesCheck(ruleCount: 1, diagnostics: checked.diagnostics, testCount: 1, failedCount: 0)
        #expect(
            check.findings == [
                .init("rules", .fine, "1 rule compiles"),
                .init(
                    "rules",
                    .note,
                    "a.yaml:4:6: found the source 'shopp' for the rule 'a', which the configuration does not have; expected one of shop, erp; did you mean 'shop'?"
                ),
                .init("rules", .fine, "1 test passes"),
            ]
        )
    }
}
