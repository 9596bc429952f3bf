// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport

/// A store that has rows of every table, made of a seed: with texts of many scripts, bytes of all kinds, nulls wherever there may
/// be some, keys short and long.
struct MadeStore: CopyingStore {
    let name = "what the test made"
    private let tables: [String: [CopiedRow]]
    private let ownMark: String

    /// - Parameters:
    ///   - seed: Of what is random.
    ///   - count: How many rows a table has, of those that may have more than one.
    ///   - mark: By which it is known.
    init(seed: UInt64, count: Int = 24, mark: String = "made") {
        ownMark = mark
        var maker = RowMaker(seed: seed, count: count)
        var tables: [String: [CopiedRow]] = [:]
        for table in CopiedTable.all { tables[table.name] = maker.rows(of: table) }
        self.tables = tables
    }

    func mark() -> String { ownMark }

    func count(_ table: CopiedTable) -> Int { tables[table.name]?.count ?? 0 }

    func page(of table: CopiedTable, after place: CopiedPlace?, within bounds: CopyBounds) -> CopiedPage {
        let start = place?.values.first?.number.map(Int.init) ?? 0
        let rows = Array((tables[table.name] ?? []).dropFirst(start).prefix(bounds.rows))
        return CopiedPage(
            rows: rows,
            place: rows.isEmpty ? nil : CopiedPlace([.number(Int64(start + rows.count))])
        )
    }

    func standing() -> CopyStanding { .filled }

    func begin(from source: String, mark: String) {}

    func discard() throws(StoreError) { throw StoreError.noUnfinishedCopy(name) }

    func write(_ rows: [CopiedRow], to table: CopiedTable, _ progress: CopyStanding.Progress) {}

    func finish() {}

    func requireIdle() {}

    func close() {}
}

/// Makes rows that a store could hold.
private struct RowMaker {
    private var generator: SeededGenerator
    private let count: Int
    private let events: [String]
    private let messages: [String]
    private static let begin = Timestamp(seconds: 1_790_000_000)

    init(seed: UInt64, count: Int) {
        generator = SeededGenerator(seed: seed)
        self.count = count
        // Of several weeks, so that they are in several pieces.
        let times = (0..<count).map { Self.begin.advanced(by: .seconds($0 * 50_000)) }
        events = times.map { EventID(at: $0).rawValue }
        messages = times.map { MessageID(at: $0).rawValue }
    }

    mutating func rows(of table: CopiedTable) -> [CopiedRow] {
        let only = ["erasure_key", "clock"].contains(table.name)
        return (0..<(only ? 1 : count)).map { row($0, of: table) }
    }

    private mutating func row(_ index: Int, of table: CopiedTable) -> CopiedRow {
        var row = table.columns.enumerated().map { place, column in
            let mayBeNull = Self.nullable.contains("\(table.name).\(column.name)")
            return mayBeNull && (index + place).isMultiple(of: 3) ? .null : value(index, column)
        }
        for (name, value) in exceptions(index, table.name) {
            guard let place = table.index(of: name) else { continue }
            row[place] = value
        }
        return row
    }

    private mutating func value(_ index: Int, _ column: CopiedTable.Column) -> CopiedValue {
        let texts = ["plain", "Ünïcödé", "नमस्ते", "👩‍👩‍👧 \"quoted\" \\ back", "line\nline", ""]
        return switch column.kind {
        case .number: .number(Int64(index * 3 + 1))
        case .time:
            .number(Self.begin.microseconds + Int64(index) * 1_000_003 + Int64.random(in: 0...999, using: &generator))
        case .flag: .number(Int64(index % 2))
        case .text: .text("\(column.name)-\(index)-\(texts[index % texts.count])")
        case .bytes: .bytes(bytes())
        case .event, .holder: .text(events[index])
        case .message: .text(messages[index])
        case .key: .bytes(CopiedTable.indexed(String(repeating: "key-\(index)-", count: index % 2 * 8 + 1)))
        }
    }

    private mutating func bytes() -> [UInt8] {
        let count = Int.random(in: 0...300, using: &generator)
        return (0..<count).map { _ in .random(in: 0...255, using: &generator) }
    }

    private func exceptions(_ index: Int, _ table: String) -> [String: CopiedValue] {
        switch table {
        case "messages": message(index)
        case "facts": fact(index)
        case "erasure_key", "clock": ["id": .number(1)]
        case "look_ups": ["source": .text("source-\(index)-x")]
        case "events": ["source": .text("source-\(index)-x")]
        case "jobs": ["id": .text("job_\(index)")]
        case "replayed_messages": ["job": .text("job_\(index)")]
        case "attempts": ["outcome": .text("refused")]
        case "access_tokens": ["fingerprint": .bytes(Fingerprint(of: "\(index)").bytes)]
        default: [:]
        }
    }

    private func fact(_ index: Int) -> [String: CopiedValue] {
        let kind = Fact.Kind.allCases[index % Fact.Kind.allCases.count]
        let isOfEvent = kind == .calledOff || kind == .value
        return ["kind": .text(kind.rawValue), "holder": .text(isOfEvent ? events[index] : messages[index])]
    }

    private func message(_ index: Int) -> [String: CopiedValue] {
        let states = MessageState.allCases
        let isDigest = index.isMultiple(of: 5)
        let state = isDigest ? MessageState.queued : states[index % states.count]
        let time = CopiedValue.number(Self.begin.microseconds + Int64(index))
        var values: [String: CopiedValue] = [
            "state": .text(state.rawValue), "due_at": state.isWaiting ? time : .null, "updated_at": time,
            "on_uncertain": .text("retry"), "story": .text("[\"step\",\(index),null,\"queued\",\"it came\"]\n"),
        ]
        if state == .sending { values["claimed_at"] = time }
        let digest = ["open", "built", "size", "kept", "bytes", "version"]
        if isDigest {
            values["account"] = .text("")
            values["digest_mode"] = .text(Mode.live.rawValue)
            values["digest_key"] = .text("key-\(index)")
            for name in digest { values["digest_\(name)"] = .number(Int64(index)) }
            values["digest_open"] = .number(Int64(index % 2))
            values["digest_built"] = .number(0)
        } else {
            for name in ["mode", "key"] + digest { values["digest_\(name)"] = .null }
        }
        return values
    }

    private static let nullable: Set<String> = [
        "events.sender_id", "events.secret_label", "events.disposition_reason", "events.last_duplicate_at",
        "events.called_off", "events.traceparent", "messages.expires_at", "messages.claimed_at",
        "messages.partner_id", "messages.recipient", "messages.gates", "messages.key", "messages.once_key",
        "messages.category", "messages.called_off_by", "messages.alternative", "messages.arrival",
        "messages.overrides_until", "message_alternatives.category", "attempts.retry_after", "attempts.status",
        "attempts.body", "digest_items.key", "digest_items.payload", "look_ups.due_at", "look_ups.result", "jobs.key",
        "jobs.note", "facts.value", "facts.at", "facts.since", "idempotency_keys.event", "early_reports.code",
        "early_reports.words", "consents.account", "consents.reason", "consents.event", "api_keys.account",
        "api_keys.revoked_at", "access_tokens.expires_at", "access_tokens.last_used_at", "access_tokens.revoked_at",
        "audit.reason",
    ]
}
