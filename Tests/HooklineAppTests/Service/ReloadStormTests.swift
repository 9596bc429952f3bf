// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import EventIntake
import Foundation
import NIOConcurrencyHelpers
import Rules
import TestSupport
import Testing

@testable import HooklineApp

@Suite("A storm of requests to read the rules again", .timeLimit(.minutes(10)))
struct ReloadStormTests {
    @Test("makes one reading, and one more a second later for those that came meanwhile")
    func storm() async throws {
        try await withTemporaryFolder { folder in
            let rules = "version: 1\nsource: shop\nrules: [{name: r, to: '+919845061237', send: {text: hi}}]\n"
            try Data(rules.utf8).write(to: folder.appending(path: "r.yaml"))
            let clock = TestClock()
            let (readings, reading) = AsyncStream.makeStream(of: Void.self)
            let reloader = RulesReloader(
                path: folder.path,
                engine: RulesEngine(rules: .empty, accounts: ["main"]),
                firstReading: [],
                clock: clock,
                metrics: NOOPMetricsHandler.instance,
                logger: quietLogger,
                onReload: { reading.yield() }
            )
            let count = NIOLockedValueBox(0)
            let run = Task { await reloader.reloadOnRequest() }
            var seen = readings.makeAsyncIterator()
            for _ in 0..<1_000 { reloader.requestReload() }
            _ = await seen.next()
            count.withLockedValue { $0 += 1 }
            for _ in 0..<1_000 { reloader.requestReload() }
            await clock.untilSleeping()
            await clock.advance(by: RulesReloader.leastInterval)
            _ = await seen.next()
            count.withLockedValue { $0 += 1 }
            await clock.untilSleeping()
            await clock.advance(by: RulesReloader.leastInterval)
            run.cancel()
            await run.value
            reading.finish()
            while await seen.next() != nil { count.withLockedValue { $0 += 1 } }
            #expect(count.withLockedValue { $0 } == 2)
        }
    }
}
