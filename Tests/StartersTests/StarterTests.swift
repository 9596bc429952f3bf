// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Webhooks

@testable import Starters

/// What `hookline init` writes, before it is written.
@Suite struct StarterTests {
    @Test(
        "every sender has rules, samples, secrets that are its own, and a trial of a sample that is there",
        arguments: Preset.all.map(\.name)
    )
    func everySender(name: String) throws {
        var generator = CountingGenerator()
        let starter = try Starter(preset: name, using: &generator)
        let paths = Set(starter.files.map(\.path))
        #expect(paths.count == starter.files.count)
        #expect(starter.files.first?.path == "hookline.yaml")
        #expect(paths.contains { $0.hasPrefix("rules/samples/") })
        #expect(starter.files.filter(\.isSecret).map(\.path).allSatisfy { $0.hasPrefix("secrets/") })
        let configuration = starter.text("hookline.yaml")
        for secret in starter.files.filter(\.isSecret) {
            #expect(!configuration.contains(String(decoding: secret.content, as: UTF8.self)))
            #expect(configuration.contains("file:\(secret.path)"))
        }
        #expect(starter.text("rules/\(starter.ruleFile).yaml").contains("\nsource: \(starter.source)"))
        let sample = starter.trial.split(separator: " ").last.map(String.init) ?? ""
        #expect(paths.contains(sample) || starter.trial == "hookline rules test")
        #expect(!starter.steps.isEmpty)
    }

    @Test("two folders have two secrets")
    func secrets() throws {
        var generator = SystemRandomNumberGenerator()
        let first = try Starter(preset: "razorpay", using: &generator).text("secrets/razorpay")
        let second = try Starter(preset: "razorpay", using: &generator).text("secrets/razorpay")
        #expect(first.count == 64 && second.count == 64 && first != second)
    }

    @Test("the configuration reads like this")
    func configuration() throws {
        var generator = CountingGenerator()
        #expect(
            try Starter(preset: "meta", using: &generator).text("hookline.yaml").split(separator: "\n").suffix(6)
                == [
                    "sources:", "  meta:                        # posts to /hooks/meta", "    preset: meta",
                    "    secrets: [file:secrets/meta]", "    handshake_token: file:secrets/meta-token",
                    "    country: IN                # where phone numbers without country code are from",
                ]
        )
    }

    @Test("an unknown sender is told what it may have meant")
    func unknown() {
        var generator = CountingGenerator()
        let error = #expect(throws: StarterError.self) { try Starter(preset: "razorpey", using: &generator) }
        #expect(
            error?.reason
                == "there is no preset 'razorpey'; did you mean 'razorpay'?; 'hookline sources list' shows those there are"
        )
    }
}

/// Not random at all.
private struct CountingGenerator: RandomNumberGenerator {
    private var last: UInt64 = 0

    mutating func next() -> UInt64 {
        last &+= 0x9E37_79B9_7F4A_7C15
        return last
    }
}

extension Starter {
    fileprivate func text(_ path: String) -> String {
        files.first { $0.path == path }.map { String(decoding: $0.content, as: UTF8.self) } ?? ""
    }

    /// The name of its file of rules.
    fileprivate var ruleFile: String {
        files.map(\.path).first { $0.hasSuffix(".yaml") && $0.hasPrefix("rules/") }.map {
            String($0.dropFirst(6).dropLast(5))
        } ?? ""
    }
}
