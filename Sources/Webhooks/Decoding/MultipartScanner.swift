// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Walks once over the parts of a multipart body.
///
/// Lines may end with LF alone, as some senders write them.
struct MultipartScanner {
    private let body: [UInt8]
    /// Two hyphens and the boundary.
    private let delimiter: [UInt8]
    private var position = 0
    /// Whether the closing delimiter was met.
    private(set) var isAtEnd = false

    private static let lf: UInt8 = 0x0A
    private static let cr: UInt8 = 0x0D

    init(_ body: [UInt8], boundary delimiter: [UInt8]) {
        self.body = body
        self.delimiter = delimiter
    }

    /// Goes behind the first delimiter.
    ///
    /// - Returns: Whether there is one.
    mutating func skipPreamble() -> Bool {
        guard let found = delimiterStart(from: 0) else { return false }
        return goBehindDelimiter(at: found)
    }

    /// The next part's headers and content, and goes behind the delimiter that ends it.
    ///
    /// - Parameter maxHeadBytes: More headers are none.
    /// - Returns: `nil` where the body ends before the part does.
    mutating func nextPart(maxHeadBytes: Int) -> (head: [UInt8], content: ArraySlice<UInt8>)? {
        guard let start = endOfHead(maxHeadBytes), let end = delimiterStart(from: start) else { return nil }
        let head = Array(body[position..<start])
        var last = end
        // The line end before a delimiter belongs to it.
        if last > start, body[last - 1] == Self.lf { last -= 1 }
        if last > start, body[last - 1] == Self.cr { last -= 1 }
        guard goBehindDelimiter(at: end) else { return nil }
        return (head, body[start..<last])
    }

    /// Behind the empty line that ends a part's headers.
    private func endOfHead(_ maxBytes: Int) -> Int? {
        var lineStart = position
        for index in position..<min(body.count, position + maxBytes) where body[index] == Self.lf {
            let line = body[lineStart..<index]
            if line.isEmpty || line.elementsEqual([Self.cr]) { return index + 1 }
            lineStart = index + 1
        }
        return nil
    }

    /// The next delimiter that begins a line and is no beginning of a longer word.
    private func delimiterStart(from start: Int) -> Int? {
        var index = start
        while index + delimiter.count <= body.count {
            if index == 0 || body[index - 1] == Self.lf, body[index] == delimiter[0], isDelimiter(at: index) {
                return index
            }
            index += 1
        }
        return nil
    }

    private func isDelimiter(at index: Int) -> Bool {
        let end = index + delimiter.count
        guard body[index..<end].elementsEqual(delimiter) else { return false }
        guard end < body.count else { return true }
        return [Self.lf, Self.cr, 0x20, 0x09].contains(body[end]) || body[end...].starts(with: Array("--".utf8))
    }

    private mutating func goBehindDelimiter(at start: Int) -> Bool {
        let end = start + delimiter.count
        isAtEnd = body[end...].starts(with: Array("--".utf8))
        if isAtEnd { return true }
        guard let lineEnd = body[end...].firstIndex(of: Self.lf) else { return false }
        position = lineEnd + 1
        return body[end..<lineEnd].allSatisfy { [0x20, 0x09, Self.cr].contains($0) }
    }
}
