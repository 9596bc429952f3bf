// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML

/// What one file gave.
struct RuleFile: Sendable {
    let source: SourceText
    /// The sources that the file names; `nil` for any.
    let sources: [String]?
    /// The preset that tests and checks take the sources for; `nil` where the file says none.
    var preset: YAMLNode?
    /// In their order.
    var rules: [Rule] = []
    /// The nodes of the tests beside the rules and of the file.
    var tests: [YAMLNode] = []
}
