// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Foundation
import HTTPTypes
import HTTPValues
import HooklineApp
import Messages
import Outbox
import SQLiteOutbox
import ServiceConfiguration

/// How long live messages take, from their event's post until the partner's answer is in the store, while a replay of many
/// events goes on behind them; beside the same messages while that replay is paused (number 38).
///
/// The events of the archive have no messages, so a replay makes one of each; their rule has a `key`, so the replay asks all
/// later events first whether they call one off, and does so again whenever it is resumed.
struct LiveBesideReplay {
    /// So many events are replayed.
    let archive: Int
    /// So often live messages are measured alone and beside the replay, in turns.
    let rounds: Int
    let partner: PartnerStub
    /// Where folders for databases are made.
    let parent: URL

    /// Live events a second, in an open loop.
    private static let rate = 100
    /// Messages a second of the replay at most.
    private static let replayRate = 200
    /// How long each part takes.
    private static let seconds = 10
    private static let rules = """
        version: 1
        source: \(OrderWorkload.source)
        defaults: {country: IN}
        rules:
          - name: paid
            event: paid
            key: "{{ id }}"
            cancel_when: {event: refunded, key: "{{ id }}"}
            to: "{{ phone }}"
            send: {text: "Order {{ id }} is paid, {{ name }}"}
        """

    /// How long the messages of a part took, in milliseconds.
    private struct Part {
        let middle: Double
        let slow: Double

        init(_ times: [Double]) {
            let times = times.sorted()
            (middle, slow) = (times[times.count / 2], times[times.count * 99 / 100])
        }

        init(medianOf parts: [Part]) {
            middle = parts.map(\.middle).sorted()[parts.count / 2]
            slow = parts.map(\.slow).sorted()[parts.count / 2]
        }
    }

    /// Measures, and prints what it found.
    func run() async throws {
        let folder = parent.appending(path: "hookline-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = try settings(in: folder)
        try await fill(folder.appending(path: "hookline.db").path)
        let settled = SettledTimes()
        let service = try await HooklineService(
            settings: settings,
            logger: .silent,
            observer: settled,
            handlesSignals: false
        )
        try await running(service) {
            let sender = try await LiveSender(settings, service.addresses.hooks.port, settled)
            try await measure(service.store, sender)
            await sender.end()
        }
    }

    private func measure(_ store: any OutboxStore, _ sender: LiveSender) async throws {
        guard let store = store as? SQLiteOutbox else { throw BenchmarkError("the store is no SQLite file") }
        _ = try await sender.times(Self.rate, seconds: 2)
        let replay = JobOrder.Work.replay(ReplayScope(type: "paid"), why: "a benchmark")
        let order = JobOrder(replay, by: "bench", rate: Self.replayRate)
        let job = try await change(.beginJob(order), store).id
        var (alone, beside): ([Part], [Part]) = ([], [])
        for _ in 0..<rounds {
            _ = try await change(.changeJob(.pause, job), store)
            // What it was about to do is done by then.
            try await Task.sleep(for: .seconds(2))
            alone.append(Part(try await sender.times(Self.rate, seconds: Self.seconds)))
            _ = try await change(.changeJob(.resume, job), store)
            beside.append(Part(try await sender.times(Self.rate, seconds: Self.seconds)))
            guard try await store.job(job)?.state == .running else {
                throw BenchmarkError("the replay has ended: there are too few events")
            }
        }
        report(Part(medianOf: alone), Part(medianOf: beside), made: try await store.job(job)?.tally[.made] ?? 0)
    }

    private func change(_ change: OperatorAction.Change, _ store: SQLiteOutbox) async throws -> Job {
        let who = Operator(.user, "bench")
        let action = OperatorAction(change, by: who, because: "a benchmark", at: SystemClock().now)
        guard case .job(let job) = try await store.carryOut(action) else { throw BenchmarkError("there is no job") }
        return job
    }

    private func report(_ alone: Part, _ beside: Part, made: Int) {
        print(
            "\(Self.rate) live messages a second, from post to settled, \(rounds) parts of \(Self.seconds) s each in turns;"
                + " \(archive) events are replayed, \(made) messages of them made by the end:"
        )
        for (name, part) in [("while it is paused", alone), ("beside the replay ", beside)] {
            print(String(format: "  %@: p50 %.1f ms, p99 %.1f ms", name, part.middle, part.slow))
        }
        print(String(format: "  p99 beside the replay ÷ paused: %.2f", beside.slow / alone.slow))
    }

    // MARK: What there is before

    private func settings(in folder: URL) throws -> Settings {
        let configuration = """
            listen: 127.0.0.1:0
            admin: {listen: "127.0.0.1:0"}
            store: sqlite:hookline.db
            rules: rules.yaml
            accounts:
              main: {base_url: "http://127.0.0.1:\(partner.port)/api/v1/public", api_key: k, api_secret: s, max_in_flight: 64}
            sources:
              \(OrderWorkload.source):
                {secrets: ["\(OrderWorkload.secret)"], country: IN, event_type: body.event, event_id: body.id}
            """
        let path = folder.appending(path: "hookline.yaml")
        try Data(Self.rules.utf8).write(to: folder.appending(path: "rules.yaml"))
        try Data(configuration.utf8).write(to: path)
        var reader = SettingsReader(path: path.path)
        let (settings, diagnostics) = reader.read()
        guard let settings else { throw BenchmarkError(diagnostics.map(\.description).joined(separator: "\n")) }
        return settings
    }

    private func fill(_ path: String) async throws {
        let store = try await SQLiteOutbox.open(path)
        let now = SystemClock().now.advanced(by: .seconds(-3_600))
        for start in stride(from: 0, to: archive, by: 1_000) {
            let submissions = (start..<min(archive, start + 1_000)).map { number in
                Submission(
                    event: NewEvent(
                        id: EventID(at: now),
                        source: OrderWorkload.source,
                        type: "paid",
                        senderID: "past \(number)",
                        receivedAt: now,
                        headers: [.contentType: "application/json"],
                        rawBody: LiveSender.body("past \(number)", number),
                        disposition: .unmatched
                    )
                )
            }
            _ = try await store.accept(submissions)
        }
        await store.close()
    }
}
