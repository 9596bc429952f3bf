// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

// What is to be said of a store's standing, to whoever asks: `doctor`, `/readyz`, the console.

extension StoreStanding {
    /// One sentence about one part.
    package struct Finding: Hashable, Sendable {
        /// Which part, such as `durability` or `snapshot`.
        package let part: String
        /// Whether it is as it should be.
        package let isFine: Bool
        /// What there is, and where it is not fine what to do; no secret, no phone number.
        package let sentence: String

        init(_ part: String, _ isFine: Bool, _ sentence: String) {
            (self.part, self.isFine, self.sentence) = (part, isFine, sentence)
        }
    }

    /// A snapshot that is older makes every claim slower, as nothing is cleaned up behind it.
    package static let oldSnapshot: Duration = .seconds(600)
    /// A clock that is further off shows that nobody sets it; nodes go by the database's all the same.
    package static let offClock: Duration = .seconds(5)
    /// With a greater share of its connections in use a server soon has none for a node.
    fileprivate static let fullAt = 0.9

    /// Everything that is to be said.
    package var findings: [Finding] { [durability.finding] + (server?.findings ?? []) }
}

extension StoreStanding.Durability {
    fileprivate var finding: StoreStanding.Finding {
        switch self {
        case .memory: .init("durability", true, "what was answered with 2xx ends with the process")
        case .disk(let way):
            .init(
                "durability",
                true,
                "what was answered with 2xx survives a crash of its machine (\(way)), not the loss of its disk"
            )
        case .doubtful(let reason):
            .init("durability", false, "what was answered with 2xx may be lost when the server crashes: \(reason)")
        case .standbys(let asked):
            .init(
                "durability",
                true,
                "what was answered with 2xx survives the loss of the server: standbys confirm it (\(asked))"
            )
        case .waits(let asked):
            .init(
                "durability",
                false,
                "too few standbys confirm, so that commits wait and senders get 503 (\(asked)); bring one back, or change that"
            )
        case .unseen(let asked):
            .init(
                "durability",
                true,
                "standbys are to confirm each commit (\(asked)); whether they do the role may not see: GRANT pg_monitor TO it"
            )
        }
    }
}

extension StoreStanding.Server {
    fileprivate typealias Finding = StoreStanding.Finding

    fileprivate var findings: [Finding] {
        [about, snapshot, queues, calls.map(Self.finding) ?? deaf, clocks].compactMap(\.self)
            + (nodes.isEmpty ? [] : [living, leading]) + [usage]
    }

    /// The nodes that calls do not reach, for whoever is none of them.
    private var deaf: Finding? {
        guard let node = nodes.first(where: { $0.isAlive && $0.hears == false }) else { return nil }
        let looks = "so that it finds what others stored by looking once a second"
        return Finding("calls", false, "NOTIFY does not reach \(node.name), \(looks); \(Self.behindPooler)")
    }

    private static let behindPooler = "behind a pooler give the database's own address at postgres.listen"

    private var about: Finding {
        let standbys =
            switch standbys {
            case .none: "its standbys the role may not see"
            case .some(let standbys) where standbys.confirming + standbys.following == 0: "no standby follows it"
            case .some(let standbys):
                "\((standbys.confirming + standbys.following).counted("standby follows", "standbys follow")) it"
            }
        guard !isStandby else { return Finding("server", false, "\(version) is a standby and takes no writes") }
        return Finding("server", true, "\(version); \(standbys)")
    }

    private var snapshot: Finding {
        guard seesSessions else {
            let unseen = "the role may not see what other sessions do, so nobody knows the oldest snapshot"
            return Finding("snapshot", true, "\(unseen): GRANT pg_monitor TO it")
        }
        guard let oldestSnapshot else { return Finding("snapshot", true, "nobody holds a snapshot") }
        let since = oldestSnapshot.age.map { " for \(Self.words($0))" } ?? ""
        let held = "\(oldestSnapshot.holder) holds a snapshot\(since), \(oldestSnapshot.transactions) transactions old"
        guard oldestSnapshot.age ?? .zero > StoreStanding.oldSnapshot else { return Finding("snapshot", true, held) }
        let advice = "nothing that was deleted since can be cleaned up; end it, or run long reports on a standby"
        return Finding("snapshot", false, "\(held): \(advice)")
    }

    private var queues: Finding {
        let counts = deadRows.sorted { $0.key < $1.key }.map { "\($0.value) in \($0.key)" }.joined(separator: ", ")
        return Finding("queues", true, "dead rows: \(counts)")
    }

    private static func finding(_ calls: StoreStanding.Calls) -> Finding {
        switch calls {
        case .notify(.some(let time)):
            Finding("calls", true, "NOTIFY works; a call came back after \(Int64(time / .milliseconds(1))) ms")
        case .notify(.none): Finding("calls", true, "NOTIFY works")
        case .unknown: Finding("calls", true, "whether NOTIFY works is being tried")
        case .poll:
            Finding(
                "calls",
                false,
                "NOTIFY does not arrive, so that this node finds what others stored by looking once a second; \(behindPooler)"
            )
        }
    }

    private var clocks: Finding {
        let own = clockOffset.map { [("this machine", $0)] } ?? []
        let all = nodes.filter(\.isAlive).map { ($0.name, $0.clockOffset) } + own
        guard let worst = all.max(by: { Self.size($0.1) < Self.size($1.1) }) else {
            return Finding("clocks", true, "nobody compared a clock with the database's yet")
        }
        let apart = "\(Self.words(Self.size(worst.1))) \(worst.1 < .zero ? "ahead of" : "behind") the database's"
        guard Self.size(worst.1) > StoreStanding.offClock else {
            return Finding("clocks", true, "all are within \(Self.words(StoreStanding.offClock)) of the database's")
        }
        return Finding("clocks", false, "the clock of \(worst.0) is \(apart); nodes go by the database's, but set it")
    }

    private var living: Finding {
        let gone = nodes.filter { !$0.isAlive }
        let living = nodes.filter(\.isAlive)
        let builds = Set(living.map(\.build)).sorted()
        let build = "\(builds.count > 1 ? "builds" : "build") \(builds.joined(separator: " and "))"
        let names = living.map { "\($0.name)\($0.address.isEmpty ? "" : " at \($0.address)")" }.sorted()
        let sentence =
            living.isEmpty
            ? "no node lives"
            : "\(living.count.counted("node lives", "nodes live")) (\(build)): \(names.joined(separator: ", "))"
        guard let first = gone.min(by: { $0.silence < $1.silence }) else { return Finding("nodes", true, sentence) }
        let more = gone.count > 1 ? " and \(gone.count - 1) more" : ""
        return Finding(
            "nodes",
            false,
            "\(sentence); \(first.name)\(more) did not end in order, and was seen last \(Self.words(first.silence)) ago"
        )
    }

    private var leading: Finding {
        guard let leader else { return Finding("leader", true, "no node leads yet") }
        return Finding("leader", true, "\(leader.node) leads since \(leader.term.rfc3339)")
    }

    private var usage: Finding {
        let sentence = "\(connections.used) of \(connections.limit) connections of the server are in use"
        guard Double(connections.used) > Double(connections.limit) * StoreStanding.fullAt else {
            return Finding("connections", true, sentence)
        }
        return Finding("connections", false, "\(sentence); a node that finds none answers 503: raise max_connections")
    }

    private static func size(_ span: Duration) -> Duration { span < .zero ? .zero - span : span }

    private static func words(_ span: Duration) -> String { DurationText.write(.seconds(span.components.seconds)) }
}
