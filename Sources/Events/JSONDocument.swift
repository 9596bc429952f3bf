// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CJSON

/// A parsed JSON text: the bytes as received and a tape of where each value stands in them.
///
/// Parsing checks the whole text and builds no values; a string is decoded and a number read when somebody asks
/// for it. Duplicate keys take the last value, a lone surrogate becomes U+FFFD, a byte order mark in front is
/// passed over (RFC 8259, section 8.1).
public final class JSONDocument: Sendable {
    /// The text, with memory behind it that the parser may read.
    private let storage: [UInt8]
    private let entries: [JSONTapeEntry]
    private let length: Int

    /// The nesting that is allowed when nobody says otherwise.
    public static let defaultMaxDepth = 512

    /// Parses a text.
    ///
    /// - Parameters:
    ///   - bytes: The text in UTF-8; it is kept as it is where it has room behind it for what the parser reads too
    ///     (64 bytes), and copied once where it has not.
    ///   - maxDepth: How many arrays and objects may stand inside each other.
    /// - Throws: ``JSONError`` with the reason and the byte of the first mistake.
    public init(_ bytes: consuming [UInt8], maxDepth: Int = defaultMaxDepth) throws(JSONError) {
        var storage = bytes
        let length = storage.count
        let padding = cjson_padding()
        if storage.capacity - length < padding { storage.append(contentsOf: repeatElement(0, count: padding)) }
        entries = try Self.parse(storage, length: length, maxDepth: maxDepth)
        self.storage = storage
        self.length = length
    }

    /// The outermost value.
    public var root: JSONNode { JSONNode(document: self, index: 0) }

    /// The bytes that were parsed, unchanged.
    public var bytes: ArraySlice<UInt8> { storage[..<length] }

    /// Lends the tape to code that walks it once and fast.
    ///
    /// - Parameter body: Receives a view that must not outlive the call.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    @inline(__always)
    package func withTape<Result, Failure: Error>(_ body: (JSONTape) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        try unsafe entries.withUnsafeBufferPointer { entries throws(Failure) in
            try unsafe storage.withUnsafeBufferPointer { text throws(Failure) in
                guard let first = entries.baseAddress, let base = text.baseAddress else {
                    preconditionFailure("a parsed document has at least one entry")
                }
                return try body(unsafe JSONTape(entries: first, count: entries.count, text: base))
            }
        }
    }

    private static func parse(_ storage: [UInt8], length: Int, maxDepth: Int) throws(JSONError) -> [JSONTapeEntry] {
        let mark = storage.first == 0xEF && storage.starts(with: [0xEF, 0xBB, 0xBF]) && length >= 3 ? 3 : 0
        var lent: UnsafePointer<cjson_entry>?
        var count = 0
        var offset = 0
        let code = unsafe storage.withUnsafeBufferPointer { text in
            unsafe cjson_parse(
                text.baseAddress.map { unsafe $0 + mark },
                length - mark,
                UInt32(clamping: maxDepth),
                &lent,
                &count,
                &offset
            )
        }
        guard code == Int32(CJSON_OK), let lent = unsafe lent else {
            let reason = JSONError.Reason(rawValue: code) ?? .unexpected
            throw JSONError(reason: reason, offset: offset + mark, in: storage[..<length])
        }
        return unsafe copy(lent, count: count, shiftedBy: UInt32(mark))
    }

    /// Copies the tape out of the parser's buffer, which the thread's next parse overwrites.
    private static func copy(_ lent: UnsafePointer<cjson_entry>, count: Int, shiftedBy mark: UInt32) -> [JSONTapeEntry]
    {
        unsafe lent.withMemoryRebound(to: JSONTapeEntry.self, capacity: count) { entries in
            let entries = unsafe UnsafeBufferPointer(start: entries, count: count)
            guard mark > 0 else { return unsafe Array(entries) }
            return unsafe entries.map { entry in
                JSONTapeEntry(start: entry.start + mark, length: entry.length, next: entry.next, kind: entry.kind)
            }
        }
    }
}
