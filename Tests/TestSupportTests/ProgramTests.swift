// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import TestSupport

/// Processes that tests start.
@Suite("A program", .timeLimit(.minutes(10)))
struct ProgramTests {
    private struct Enough: Error {}

    private func shell(_ script: String) -> Program { Program("/bin/sh", ["-c", script]) }

    @Test("runs to its end, with its input, its folder and no other environment than its own")
    func runs() async throws {
        let program = Program(
            "/bin/sh",
            ["-c", "cat; echo \"$NAME in $PWD, home '$HOME'\" >&2; exit 7"],
            environment: ["NAME": "Asha"],
            folder: "/usr"
        )
        let run = try await program.run(input: "Namaste\n")
        #expect(run == ProgramRun(output: "Namaste\n", errors: "Asha in /usr, home ''\n", exitCode: 7))
    }

    @Test("a program that is not there is an error")
    func missing() async {
        await #expect(throws: (any Error).self) { try await Program("/nowhere/at/all").run() }
    }

    @Test("says what its lines say, takes a signal, and its end is told as shells tell it")
    func signals() async throws {
        let ended = try await shell("trap 'kill $!; exit 3' TERM; sleep 600 & echo port: 7; wait").running {
            #expect(await $0.line(after: "port: ") == "7")
            $0.send(SIGTERM)
            await $0.untilEnded()
        }
        #expect(ended.exitCode == 3)
        let killed = try await shell("echo ready; exec sleep 600").running { await $0.line(after: "") }
        #expect(killed.value == "ready")
        #expect(killed.exitCode == 128 + SIGKILL, "it was still running when nobody needed it any more")
    }

    @Test("one that ends without the line ends the wait for it")
    func ends() async throws {
        let ended = try await shell("echo something else").running { await $0.line(after: "port: ") }
        #expect(ended.value == nil)
        #expect(ended.exitCode == 0)
    }

    @Test("does not outlive a body that fails")
    func failingBody() async throws {
        let identifier = EventRecorder<Int32>()
        await #expect(throws: Enough.self) {
            try await shell("echo $$; exec sleep 600").running { program in
                if let number = await program.line(after: "").flatMap({ Int32($0) }) { identifier.record(number) }
                throw Enough()
            }
        }
        let number = try #require(identifier.elements.first)
        #expect(kill(number, 0) == -1 && errno == ESRCH)
    }
}
