// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import FaultServer
import Foundation
import Testing

/// The `enrich:` step that stands in a rule file's first comment, and an API that answers it.
///
/// The step is used as people copy it, with another host and another token: what is documented is what is tested.
struct DocumentedLookUp {
    static let token = "token-of-a-test"

    /// The lines below the source's name in the configuration.
    let configuration: String

    /// Reads the step of a rule file.
    ///
    /// - Parameters:
    ///   - file: The rule file's name.
    ///   - api: What stands in for the sender's API.
    /// - Throws: When the file, or the step in it, is missing.
    init(in file: String, api: ScriptedServer) throws {
        let text = try String(contentsOf: shippedRules.appending(path: file), encoding: .utf8)
        let comment = text.split(separator: "\n").prefix { $0.hasPrefix("#") }
        let start = try #require(comment.firstIndex { $0.hasPrefix("#   enrich:") })
        let list = comment[comment.index(after: start)...].prefix { $0.hasPrefix("#     - ") }
        configuration = ([comment[start]] + list)
            .map { "    " + $0.dropFirst("#   ".count) }
            .joined(separator: "\n")
            .replacing(#/https://[^\/"]+/#, with: "http://127.0.0.1:\(api.port)")
            .replacing(#/\$\{[A-Z_]+\}|file:[^"]+/#, with: Self.token)
    }

    /// Answers what a row expects to be asked, and 404 to all else.
    static func serve(_ answers: [SenderRow.Answer], on connection: ScriptedConnection) {
        while let request = connection.read() {
            let path = request.head.first?.split(separator: " ").dropFirst().first.map(String.init)
            guard let answer = answers.first(where: { $0.path == path }), let body = try? body(of: answer) else {
                connection.answer(404, "{}")
                continue
            }
            connection.answer(200, body, headers: ["Content-Type: application/json"])
        }
    }

    private static func body(of answer: SenderRow.Answer) throws -> String {
        let file = try Data(contentsOf: shippedRules.appending(path: "samples/\(answer.event)"))
        let enriched = try #require(try JSON(parsing: Array(file))["enriched"])
        let value = try #require(answer.name.map { enriched[$0] } ?? enriched)
        return String(decoding: value.encoded(), as: UTF8.self)
    }
}
