// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// How far a page has read: the id of its last server-sent event.
struct LivePosition: Hashable, Sendable, CustomStringConvertible {
    /// Which run or clearing the sequence belongs to.
    let generation: UInt32
    /// The last message's sequence number; 0 for none.
    let sequence: Int

    init(generation: UInt32, sequence: Int) {
        self.generation = generation
        self.sequence = sequence
    }

    /// Reads what ``description`` wrote; `nil` comes back for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let generation = UInt32(parts[0]), let sequence = Int(parts[1]), sequence >= 0 else {
            return nil
        }
        self.init(generation: generation, sequence: sequence)
    }

    var description: String { "\(generation)-\(sequence)" }
}
