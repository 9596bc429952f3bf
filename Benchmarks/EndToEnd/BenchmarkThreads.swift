// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix

/// The threads that are not the service: one that makes the load, one that plays the partner.
struct BenchmarkThreads {
    private let generators = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let partners = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    var generator: any EventLoop { generators.any() }
    var partner: any EventLoop { partners.any() }

    /// The processor time that this process has used, without and with these threads.
    func processorTime() async throws -> ProcessorTime {
        let ours = [generator, partner].map { $0.submit { ProcessorTime.read(CLOCK_THREAD_CPUTIME_ID) } }
        var others = Duration.zero
        for time in ours { others += try await time.get() }
        let all = ProcessorTime.read(CLOCK_PROCESS_CPUTIME_ID)
        return ProcessorTime(all: all, server: all - others)
    }

    func end() async {
        try? await generators.shutdownGracefully()
        try? await partners.shutdownGracefully()
    }
}

/// Processor time, user and system together.
struct ProcessorTime {
    /// Of the whole process.
    var all: Duration
    /// Of what is measured: without the load generator and the partner.
    var server: Duration

    static func - (left: ProcessorTime, right: ProcessorTime) -> ProcessorTime {
        ProcessorTime(all: left.all - right.all, server: left.server - right.server)
    }

    /// Reads one of the system's clocks of processor time, which `getrusage` adds up as well.
    static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return .zero }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
