// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox
import Testing

@Suite("What is said of a store's standing")
struct StoreStandingTests {
    private static let start = Timestamp(seconds: 1_768_451_400)

    private static func node(_ name: String, silence: Duration = .seconds(3)) -> StoreStanding.Node {
        StoreStanding.Node(name: name, build: "1", address: "0.0.0.0:8080", startedAt: start, silence: silence)
    }

    /// A server of which nothing bad is to be said.
    private static var server: StoreStanding.Server {
        var server = StoreStanding.Server(version: "PostgreSQL 15.18")
        server.standbys = StoreStanding.Standbys(confirming: 0, following: 1)
        server.deadRows = ["waiting": 12, "leases": 3]
        server.connections = StoreStanding.Connections(used: 14, limit: 100)
        server.calls = .notify(roundTrip: .milliseconds(2))
        server.nodes = [node("a/1"), node("b/2")]
        server.leader = StoreStanding.Leader(node: "a/1", term: start)
        return server
    }

    private static func findings(_ change: (inout StoreStanding.Server) -> Void) -> [String: StoreStanding.Finding] {
        var server = server
        change(&server)
        let standing = StoreStanding(durability: .disk(by: "PostgreSQL with synchronous_commit = on"), server: server)
        return Dictionary(standing.findings.map { ($0.part, $0) }) { first, _ in first }
    }

    @Test("a file says what it survives, and nothing else")
    func file() {
        let standing = StoreStanding(durability: .disk(by: "SQLite with synchronous = FULL"))
        #expect(standing.findings.map(\.part) == ["durability"])
        #expect(standing.findings[0].sentence.contains("synchronous = FULL"))
    }

    @Test("a cluster that fares well: every part has its sentence, and all are fine")
    func fine() {
        let findings = Self.findings { _ in }
        let parts = "durability server snapshot queues calls clocks nodes leader connections"
        #expect(Set(findings.keys) == Set(parts.split(separator: " ").map(String.init)))
        #expect(findings.values.filter { !$0.isFine }.isEmpty)
        #expect(findings["server"]?.sentence == "PostgreSQL 15.18; 1 standby follows it")
        #expect(
            findings["nodes"]?.sentence
                == "2 nodes live (build 1): a/1 at 0.0.0.0:8080, b/2 at 0.0.0.0:8080"
        )
        #expect(findings["leader"]?.sentence == "a/1 leads since 2026-01-15T04:30:00.000Z")
        #expect(findings["calls"]?.sentence == "NOTIFY works; a call came back after 2 ms")
        #expect(findings["queues"]?.sentence == "dead rows: 3 in leases, 12 in waiting")
    }

    /// One thing that is wrong.
    struct Trouble: Sendable {
        let part: String
        let change: @Sendable (inout StoreStanding.Server) -> Void

        init(_ part: String, _ change: @escaping @Sendable (inout StoreStanding.Server) -> Void) {
            (self.part, self.change) = (part, change)
        }

        static let all = [
            Trouble("snapshot") {
                $0.oldestSnapshot = .init(age: .seconds(601), transactions: 7, holder: "session 12 (psql)")
            },
            Trouble("calls") { $0.calls = .poll },
            Trouble("clocks") { $0.nodes[1].clockOffset = .seconds(-6) },
            Trouble("clocks") { $0.clockOffset = .seconds(600) },
            Trouble("nodes") { $0.nodes[1].silence = .seconds(21) },
            Trouble("connections") { $0.connections.used = 91 },
            Trouble("server") { $0.isStandby = true },
            Trouble("calls") { ($0.calls, $0.nodes[0].hears) = (nil, false) },
        ]
    }

    @Test("what is wrong says so", arguments: Trouble.all)
    func wrong(trouble: Trouble) {
        let findings = Self.findings(trouble.change)
        #expect(findings.values.filter { !$0.isFine }.map(\.part) == [trouble.part])
    }

    @Test("what the role may not see is told, and is not wrong")
    func unseen() {
        let findings = Self.findings { server in
            (server.seesSessions, server.standbys, server.nodes[0].hears) = (false, nil, true)
        }
        #expect(findings.values.filter { !$0.isFine }.isEmpty)
        #expect(findings["snapshot"]?.sentence.contains("GRANT pg_monitor") == true)
        #expect(findings["server"]?.sentence.contains("may not see") == true)
    }

    @Test("who holds the snapshot is named, with how long")
    func holder() {
        let findings = Self.findings {
            $0.oldestSnapshot = .init(age: .seconds(7_260), transactions: 41, holder: "session 812 (pg_dump)")
        }
        let sentence = findings["snapshot"]?.sentence ?? ""
        #expect(sentence.hasPrefix("session 812 (pg_dump) holds a snapshot for 2h1m, 41 transactions old"))
    }

    @Test("nodes of two builds, and one that nobody hears of")
    func builds() {
        let findings = Self.findings { server in
            server.nodes[1].build = "2"
            server.nodes.append(Self.node("c/3", silence: .seconds(3_600)))
        }
        let sentence = findings["nodes"]?.sentence ?? ""
        #expect(sentence.contains("2 nodes live (builds 1 and 2)"))
        #expect(sentence.hasSuffix("c/3 did not end in order, and was seen last 1h ago"))
    }

    @Test(
        "what a 2xx survives",
        arguments: [
            (.memory, []), (.doubtful(because: "fsync is off"), [.process]), (.disk(by: "x"), [.process, .machine]),
            (.waits(asked: "x"), [.process, .machine]), (.standbys(asked: "x"), [.process, .machine, .server]),
        ] as [(StoreStanding.Durability, [StoreStanding.Loss])]
    )
    func survives(durability: StoreStanding.Durability, losses: [StoreStanding.Loss]) {
        #expect(StoreStanding.Loss.allCases.filter(durability.survives) == losses)
        let finding = StoreStanding(durability: durability).findings[0]
        let isFine =
            switch durability {
            case .doubtful, .waits: false
            default: true
            }
        #expect(finding.isFine == isFine)
    }
}
