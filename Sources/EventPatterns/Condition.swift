// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A condition whose field is known by its number.
struct Condition: Hashable, Sendable {
    let field: Int32
    let tests: [ValueTest]
    /// Whether one of the alternatives is that the field is absent.
    let allowsAbsence: Bool

    init(field: Int, tests: [ValueTest]) {
        self.field = Int32(field)
        self.tests = tests
        allowsAbsence = tests.contains(.absent)
    }

    func accepts(_ value: Leaf) -> Bool {
        tests.anyAccepts(value)
    }

    /// What the condition says of an event when no other condition is looked at.
    enum Verdict: UInt8 {
        case fails = 1
        case holds
        /// The field must be absent and is not, but the values may stand in elements that do not matter.
        case depends
    }

    /// Looks at the condition alone.
    ///
    /// - Parameter reading: Linked.
    /// - Returns: The verdict, and whether the field has values inside elements of arrays.
    func verdict(in reading: EventReading) -> (verdict: Verdict, isFramed: Bool) {
        let (first, isFramed) = reading.field(field)
        guard first >= 0 else { return (allowsAbsence ? .holds : .fails, false) }
        // Tests outside, values inside: a test is copied to be asked, and there are few tests and maybe many values.
        for test in tests {
            var value = first
            while value >= 0 {
                let found = reading.values[Int(value)]
                if test.accepts(found.leaf) { return (.holds, isFramed) }
                value = found.next
            }
        }
        return (allowsAbsence && isFramed ? .depends : .fails, isFramed)
    }
}
