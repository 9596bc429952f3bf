// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
package import Events

/// The format of rule files as a JSON Schema, for editors that check and complete while one types.
///
/// It is made from the shapes that the reader checks with. What a schema cannot say (Liquid, event patterns,
/// names unique over all files) the reader says alone.
package enum RuleSchema {
    /// The schema of rule files.
    package static var rules: JSON { ShapeSchema.document(RuleFileShape.file, title: "Hookline rule file") }

    /// The schema of `*_test.yaml` files.
    package static var tests: JSON { ShapeSchema.document(TestShape.file, title: "Hookline rule tests") }
}
