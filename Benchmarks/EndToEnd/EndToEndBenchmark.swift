// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import NIOCore
import NIOPosix

/// The way of an event measured whole, beside the least that a server on the same library does with the same load.
///
/// Load generator, service and partner are threads of this process on this machine, so they share its cores: the
/// ratios say more than the rates.
@main
struct EndToEndBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "EndToEndBenchmark",
        abstract: "Events a second accepted and delivered, beside requests a second of a bare SwiftNIO server."
    )

    @Option(help: "Events a round.")
    var events = 20_000

    @Option(help: "Rounds; the medians count.")
    var rounds = 3

    @Option(help: "Connections of the load generator, each with one request on its way.")
    var connections = 50

    @Option(help: "Where the database is made; a temporary folder unless given.")
    var folder: String?

    @Option(help: "The store of the service, such as an empty postgres://…, for one round; else a SQLite file.")
    var store: String?

    @Option(help: "What to measure: all, echo or service.")
    var only = Part.all

    @Option(
        help: "Measures live messages beside a replay of so many events instead; 10,000 is enough for three rounds."
    )
    var replay: Int?

    @Flag(help: "One round of 2,000 events, to see that it works.")
    var quick = false

    /// What a round consists of.
    enum Part: String, ExpressibleByArgument {
        case all
        case echo
        case service

        var hasEcho: Bool { self != .service }
        var hasService: Bool { self != .echo }
    }

    func validate() throws {
        guard events > 0, rounds > 0, connections > 0, replay ?? 1 > 0 else {
            throw ValidationError("--events, --rounds, --connections and --replay must be at least 1")
        }
        guard store == nil || rounds == 1 else { throw ValidationError("--store is emptied by nobody: --rounds 1") }
    }

    func run() async throws {
        let parent = folder.map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory
        let threads = BenchmarkThreads()
        if let replay { return try await measure(replay, in: parent, threads) }
        var setup = RoundSetup(events: quick ? 2_000 : events, connections: connections, part: only, parent: parent)
        setup.store = store ?? setup.store
        print(Report.opening(setup))
        do {
            let partner = try await PartnerStub.start(on: threads.partner)
            var results: [RoundResult] = []
            for number in 1...(quick ? 1 : rounds) {
                let round = Round(number: number, setup: setup, threads: threads, partner: partner)
                results.append(try await round.run())
                print(Report.row("\(number)", results[results.count - 1]))
            }
            print(Report.row("median", RoundResult(medianOf: results)))
        } catch {
            await threads.end()
            throw error
        }
        await threads.end()
    }

    private func measure(_ archive: Int, in parent: URL, _ threads: BenchmarkThreads) async throws {
        do {
            let partner = try await PartnerStub.start(on: threads.partner)
            let rounds = quick ? 1 : rounds
            try await LiveBesideReplay(archive: archive, rounds: rounds, partner: partner, parent: parent).run()
        } catch {
            await threads.end()
            throw error
        }
        await threads.end()
    }
}
