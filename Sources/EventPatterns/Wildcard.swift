// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A text with `*` for any run of characters, the empty one included; `\*` and `\\` stand for themselves.
struct Wildcard: Hashable, Sendable {
    /// What stands between the wildcard characters, in bytes; one more than there are wildcard characters.
    let segments: [[UInt8]]

    /// Why a text is no wildcard pattern.
    enum Mistake: Error, Equatable {
        case consecutive(offset: Int)
        case escape(offset: Int)
    }

    /// Reads the written form.
    init(_ text: String) throws(Mistake) {
        var segments: [[UInt8]] = [[]]
        let bytes = Array(text.utf8)
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            let next = at + 1 < bytes.count ? bytes[at + 1] : nil
            if byte == UInt8(ascii: "*") {
                if next == byte { throw .consecutive(offset: at) }
                segments.append([])
            } else if byte == UInt8(ascii: "\\") {
                guard let next, next == byte || next == UInt8(ascii: "*") else { throw .escape(offset: at) }
                segments[segments.count - 1].append(next)
                at += 1
            } else {
                segments[segments.count - 1].append(byte)
            }
            at += 1
        }
        self.segments = segments
    }

    /// What every match starts with.
    var prefix: [UInt8] { segments[0] }
    /// What every match ends with.
    var suffix: [UInt8] { segments[segments.count - 1] }
    /// Whether the pattern has no wildcard character.
    var isLiteral: Bool { segments.count == 1 }

    /// Whether the whole text matches; the first place of each middle segment is as good as any later one.
    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !isLiteral else { return text.equals(prefix) }
        guard text.count >= prefix.count + suffix.count, text.starts(with: prefix), text.ends(with: suffix) else {
            return false
        }
        var at = prefix.count
        let end = text.count - suffix.count
        for segment in segments.dropFirst().dropLast() {
            guard let found = text.firstOffset(of: segment, from: at, to: end) else { return false }
            at = found + segment.count
        }
        return true
    }
}

extension UnsafeBufferPointer<UInt8> {
    func equals(_ other: [UInt8]) -> Bool {
        count == other.count && starts(with: other)
    }

    func starts(with prefix: [UInt8]) -> Bool {
        guard count >= prefix.count else { return false }
        for offset in prefix.indices where self[offset] != prefix[offset] { return false }
        return true
    }

    func ends(with suffix: [UInt8]) -> Bool {
        let start = count - suffix.count
        guard start >= 0 else { return false }
        for offset in suffix.indices where self[start + offset] != suffix[offset] { return false }
        return true
    }

    /// Where the bytes stand first between two offsets.
    func firstOffset(of bytes: [UInt8], from start: Int, to end: Int) -> Int? {
        guard end - start >= bytes.count else { return nil }
        return (start...(end - bytes.count)).first { Self(rebasing: self[$0...]).starts(with: bytes) }
    }
}
