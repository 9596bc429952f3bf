// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Searches by bytes (texts are equal when their code points are), in time that grows with the sum of both lengths.
enum ByteSearch {
    /// Up to this length a part is compared at every place that begins with its first byte.
    private static let shortPart = 32

    /// The first place of a part at or after `start`.
    static func first(_ part: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0)
        -> Int?
    {
        guard let lead = part.first else { return start }
        guard part.count <= shortPart else { return scanLong(part, bytes, start) }
        var position = start
        while position <= bytes.count - part.count {
            if bytes[position] == lead, part.indices.allSatisfy({ bytes[position + $0] == part[$0] }) {
                return position
            }
            position += 1
        }
        return nil
    }

    /// Knuth, Morris and Pratt: never looks at a byte twice.
    private static func scanLong(_ part: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int)
        -> Int?
    {
        let borders = borders(of: part)
        var matched = 0
        for position in stride(from: start, to: bytes.count, by: 1) {
            while matched > 0, bytes[position] != part[matched] { matched = borders[matched - 1] }
            if bytes[position] == part[matched] { matched += 1 }
            if matched == part.count { return position + 1 - matched }
        }
        return nil
    }

    /// For each prefix, the length of the longest shorter prefix that it ends with.
    private static func borders(of part: UnsafeBufferPointer<UInt8>) -> [Int] {
        var borders = [0]
        for position in 1..<part.count {
            var length = borders[position - 1]
            while length > 0, part[position] != part[length] { length = borders[length - 1] }
            borders.append(part[position] == part[length] ? length + 1 : 0)
        }
        return borders
    }
}

extension String {
    /// The first place of another text, compared by code points.
    func firstRange(ofBytes part: String, from start: String.Index? = nil) -> Range<String.Index>? {
        var (text, part) = (self, part)
        let first = start.map { utf8.distance(from: utf8.startIndex, to: $0) } ?? 0
        let found = text.withUTF8 { bytes in part.withUTF8 { ByteSearch.first($0, in: bytes, from: first) } }
        guard let position = found else { return nil }
        let lower = utf8.index(utf8.startIndex, offsetBy: position)
        return lower..<utf8.index(lower, offsetBy: part.utf8.count)
    }
}
