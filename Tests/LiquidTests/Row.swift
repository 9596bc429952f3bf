// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Liquid
import Testing

/// One line of a table test: a template and what it prints.
struct Row: Sendable, CustomTestStringConvertible {
    let template: String
    let data: String
    let output: String

    init(_ template: String, _ output: String, data: String = "{}") {
        self.template = template
        self.data = data
        self.output = output
    }

    var testDescription: String { "\(template) → \(output)" }
}

/// The instant that all tests take for now: 2026-01-15T04:30:00Z.
let testNow = Timestamp(seconds: 1_768_451_400)

extension LiquidEnvironment {
    static let lax: LiquidEnvironment = {
        var environment = LiquidEnvironment.standard
        environment.undefined = .lax
        return environment
    }()
}

/// Renders a template over a JSON text.
func render(_ template: String, _ data: String = "{}", _ environment: LiquidEnvironment = .standard) throws -> String {
    let document = try JSONDocument(Array(data.utf8))
    let scope = LiquidScope(root: document.root, now: testNow)
    return try LiquidTemplate(template, environment: environment).render(scope)
}

/// The error that a template ends with, when it is compiled or when it is rendered.
func failure(_ template: String, _ data: String = "{}", _ environment: LiquidEnvironment = .standard) -> LiquidError? {
    #expect(throws: LiquidError.self) { try render(template, data, environment) }
}
