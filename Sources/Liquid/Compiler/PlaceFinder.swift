// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Finds the places of many bytes of a source, each from the one before, so that all of them cost one walk.
struct PlaceFinder {
    private let source: SourceText
    private var offset = 0
    private var line = 1
    private var column = 1

    init(_ source: SourceText) {
        self.source = source
    }

    /// The place of a byte that begins a character; a byte before the last one asked for costs a walk from the start.
    mutating func place(of target: Int) -> SourcePlace {
        if target < offset { (offset, line, column) = (0, 1, 1) }
        let passed = source.bytes[offset..<target]
        if let end = passed.lastIndex(of: UInt8(ascii: "\n")) {
            line += passed.count { $0 == UInt8(ascii: "\n") }
            (offset, column) = (end + 1, 1)
        }
        column += source.text(offset..<target).count
        offset = target
        return SourcePlace(line: line, column: column)
    }
}
