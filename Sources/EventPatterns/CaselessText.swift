// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A text that matches in any mixture of upper and lower case.
///
/// Each character of the pattern stands for itself, its lower and its upper case, whatever their lengths in UTF-8:
/// `ß` also matches `SS`. Characters of the event are not folded, which is how event-ruler compares.
struct CaselessText: Hashable, Sendable {
    /// The bytes that may stand for each character, in the order of the text.
    private let characters: [[[UInt8]]]
    /// The lower-case bytes when the text is ASCII, for tables; otherwise `nil`.
    let ascii: [UInt8]?
    /// The text as written.
    let text: String

    init(_ text: String) {
        self.text = text
        characters = text.unicodeScalars.map { scalar in
            let forms = [String(scalar), scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping]
            return forms.map { Array($0.utf8) }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        }
        ascii = text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.map(Self.lowercase) : nil
    }

    static func lowercase(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    func matches(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        ends(from: 0, in: value).contains(value.count)
    }

    func isPrefix(of value: UnsafeBufferPointer<UInt8>) -> Bool {
        !ends(from: 0, in: value).isEmpty
    }

    func isSuffix(of value: UnsafeBufferPointer<UInt8>) -> Bool {
        if let ascii {
            guard value.count >= ascii.count else { return false }
            return ends(from: value.count - ascii.count, in: value).contains(value.count)
        }
        return (0...value.count).contains { ends(from: $0, in: value).contains(value.count) }
    }

    /// Every offset at which the text may end when it starts at `start`: more than one where the forms of a
    /// character differ in length.
    private func ends(from start: Int, in value: UnsafeBufferPointer<UInt8>) -> [Int] {
        if let ascii { return asciiEnd(ascii, from: start, in: value).map { [$0] } ?? [] }
        return characters.reduce([start]) { starts, forms in
            starts.reduce(into: []) { ends, start in
                for form in forms where UnsafeBufferPointer(rebasing: value[start...]).starts(with: form) {
                    if !ends.contains(start + form.count) { ends.append(start + form.count) }
                }
            }
        }
    }

    private func asciiEnd(_ ascii: [UInt8], from start: Int, in value: UnsafeBufferPointer<UInt8>) -> Int? {
        guard value.count - start >= ascii.count else { return nil }
        for offset in ascii.indices where Self.lowercase(value[start + offset]) != ascii[offset] { return nil }
        return start + ascii.count
    }
}
