// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import ExtremeNumbers
import Testing

@testable import Sandbox

@Suite("Numbers in what the sandbox is told")
struct ExtremeNumberTests {
    private static let faults = [
        "status,status=X", "status,status=503,retryAfterSeconds=X",
        "status,status=503,retryAfterSeconds=X,retryAfterAsDate=true",
        "latency,seconds=X", "malformedBody,rate=X", "malformedBody,skip=X,times=X",
    ]

    @Test("makes a fault that can be shown again, or is refused", arguments: faults)
    func reading(_ text: String) throws {
        for number in ExtremeNumbers.all {
            guard let fault = try? SandboxFault(text: text.replacing("X", with: number)) else { continue }
            #expect(try SandboxFault(json: fault.json).json == fault.json)
        }
    }

    @Test("a limit of next to nothing, or of everything, names a wait of a day at most")
    func rates() {
        for rate in [Double.leastNonzeroMagnitude, 1e-300, 0.5, 1e300, .greatestFiniteMagnitude] {
            var limit = RateLimit(perSecond: rate)
            for second in [0, 1, Int64.max / 1_000_000] {
                let wait = limit.take(at: Timestamp(seconds: second))
                #expect(wait.map { $0 <= .seconds(86_400) } ?? true)
            }
        }
    }
}
