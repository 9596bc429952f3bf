// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Numbering plans of a file take the place of the built-in ones, without a new binary.
@Suite("Numbering plans of a file", .timeLimit(.minutes(10)))
struct NumberingPlansTests {
    /// A folder with a configuration that names a file of plans.
    private static func folder(_ plans: Data) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hookline-plans-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "rules"), withIntermediateDirectories: true)
        try plans.write(to: folder.appending(path: "plans.bin"))
        let configuration = """
            store: sqlite:hookline.db
            numbering_plans: plans.bin
            accounts:
              main: {base_url: "http://127.0.0.1:9/api/v1/public", api_key: pk_1, api_secret: s}
            sources:
              shop: {secrets: [s], country: IN}
            """
        try Data(configuration.utf8).write(to: folder.appending(path: "hookline.yaml"))
        let rules = """
            version: 1
            source: shop
            rules:
              - {name: a, to: "{{ phone }}", send: {text: hi}}
            """
        try Data(rules.utf8).write(to: folder.appending(path: "rules/a.yaml"))
        return folder
    }

    /// The built-in file with another day in its header, which the checksum does not cover.
    private static func plans(of day: String) throws -> Data {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var data = try Data(contentsOf: root.appending(path: "Sources/CPhoneNumber/numbering-plans.bin"))
        let range = try #require(data.range(of: Data("\ndate ".utf8)))
        data.replaceSubrange(range.upperBound..<(range.upperBound + 10), with: Data(day.utf8))
        return data
    }

    @Test("every command that reads the configuration uses them, and the doctor warns of their age")
    func used() async throws {
        let folder = try Self.folder(try Self.plans(of: "2020-02-29"))
        defer { try? FileManager.default.removeItem(at: folder) }
        let configuration = folder.appending(path: "hookline.yaml").path()
        let doctor = try await hookline(["doctor", "--config", configuration, "--json"])
        #expect(doctor.output.contains("they are of 2020-02-29"))
        #expect(doctor.output.contains("of the configuration's file"))
        #expect(doctor.output.contains("days old"))
        let explained = try await hookline(
            ["explain", "-", "--source", "shop", "--config", configuration],
            input: #"{"type": "x", "phone": "98450 61237"}"#
        )
        #expect(explained.output.contains("to …37 (read in IN, which is the source's)"), "\(explained.transcript)")
    }

    @Test("a damaged file ends the command with 78 and says what is wrong")
    func damaged() async throws {
        var plans = try Self.plans(of: "2026-01-01")
        plans[plans.count - 1] ^= 0xFF
        let folder = try Self.folder(plans)
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try await hookline(["serve", "--config", folder.appending(path: "hookline.yaml").path()])
        #expect(run.exitCode == 78)
        #expect(run.errors.contains("the numbering plans 'plans.bin': the file is damaged"))
    }

    @Test("the version names the day of the built-in plans")
    func version() async throws {
        let run = try await hookline(["--version"])
        #expect(run.output.contains("built-in numbering plans of 20"))
    }
}
