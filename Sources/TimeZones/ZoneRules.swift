// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// When a zone's clocks are how far ahead of UTC: the contents of a file of the time zone database.
///
/// Read here and not asked of Foundation: an answer takes some nanoseconds, and what counts is the database of this
/// machine, which its operator keeps up to date.
///
/// - SeeAlso: [RFC 9636, The Time Zone Information Format](https://www.rfc-editor.org/rfc/rfc9636)
package struct ZoneRules: Hashable, Sendable {
    /// A point in time from which another offset holds.
    package struct Change: Hashable, Sendable {
        /// Seconds since 1970 in UTC.
        package let at: Int
        /// Seconds east of UTC from then on.
        package let offset: Int
    }

    /// By time.
    private let changes: [Change]
    /// Seconds east of UTC before the first of them.
    private let first: Int
    /// What holds after the last of them; `nil` when that is the last offset for ever.
    private let later: RecurringRule?

    /// Reads a file.
    ///
    /// - Parameter bytes: The file; `nil` comes back when it is none of this format.
    package init?(_ bytes: [UInt8]) {
        var reader = BytesReader(bytes)
        guard let old = Header(&reader), reader.skip(old.length(timeBytes: 4)) else { return nil }
        if old.version == 0 {
            reader.position = Header.length
            self.init(&reader, old, timeBytes: 4)
        } else {
            guard let header = Header(&reader) else { return nil }
            self.init(&reader, header, timeBytes: 8)
        }
    }

    private init?(_ reader: inout BytesReader, _ header: Header, timeBytes: Int) {
        var (times, kinds, offsets): ([Int], [Int], [Int]) = ([], [], [])
        for _ in 0..<header.times {
            guard let time = reader.integer(timeBytes) else { return nil }
            times.append(time)
        }
        for _ in 0..<header.times {
            guard let kind = reader.byte() else { return nil }
            kinds.append(Int(kind))
        }
        for _ in 0..<header.types {
            guard let offset = reader.integer(4), reader.skip(2) else { return nil }
            offsets.append(offset)
        }
        guard let first = offsets.first, kinds.allSatisfy({ $0 < offsets.count }),
            reader.skip(header.rest(timeBytes: timeBytes))
        else { return nil }
        self.first = first
        changes = zip(times, kinds).map { Change(at: $0, offset: offsets[$1]) }
        later = timeBytes == 8 ? reader.line().flatMap(RecurringRule.init) : nil
    }

    /// How far the zone's clocks are ahead of UTC.
    ///
    /// - Parameter seconds: Since 1970 in UTC.
    /// - Returns: Seconds east of UTC, and when they may change next; `nil` for never.
    package func offset(at seconds: Int) -> (offset: Int, until: Int?) {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].at <= seconds { low = middle + 1 } else { high = middle }
        }
        if low == changes.count, let later { return later.offset(at: seconds) }
        let next = low < changes.count ? changes[low].at : nil
        return (low == 0 ? first : changes[low - 1].offset, next)
    }

    /// Every change of the offset in a span of time.
    ///
    /// - Parameter span: Seconds since 1970 in UTC.
    /// - Returns: The offset at its beginning, then each change, by time.
    package func changes(in span: Range<Int>) -> [Change] {
        var found = [Change(at: span.lowerBound, offset: offset(at: span.lowerBound).offset)]
        var next = offset(at: span.lowerBound).until
        while let at = next, at < span.upperBound {
            let change = offset(at: at)
            if change.offset != found.last?.offset { found.append(Change(at: at, offset: change.offset)) }
            next = change.until
        }
        return found
    }
}

/// The head of a part of such a file: how much of what follows.
private struct Header {
    static let length = 44

    let version: UInt8
    let times: Int
    let types: Int
    private let marks: Int
    private let characters: Int
    private let leaps: Int

    init?(_ reader: inout BytesReader) {
        guard reader.take(4) == Array("TZif".utf8), let version = reader.byte(), reader.skip(15),
            let universal = reader.integer(4), let standard = reader.integer(4), let leaps = reader.integer(4),
            let times = reader.integer(4), let types = reader.integer(4), let characters = reader.integer(4),
            [universal, standard, leaps, times, types, characters].allSatisfy({ (0...100_000).contains($0) })
        else { return nil }
        (self.version, self.times, self.types, self.leaps) = (version, times, types, leaps)
        (marks, self.characters) = (universal + standard, characters)
    }

    /// How long what follows is.
    func length(timeBytes: Int) -> Int { times * (timeBytes + 1) + types * 6 + rest(timeBytes: timeBytes) }

    /// How long what follows the offsets is.
    func rest(timeBytes: Int) -> Int { characters + leaps * (timeBytes + 4) + marks }
}

/// Reads bytes one after the other; never beyond their end.
private struct BytesReader {
    private let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func take(_ count: Int) -> [UInt8]? {
        guard count >= 0, bytes.count - position >= count else { return nil }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    mutating func byte() -> UInt8? { take(1)?.first }

    /// A number with sign, the highest byte first.
    mutating func integer(_ count: Int) -> Int? {
        guard let bytes = take(count), let first = bytes.first else { return nil }
        return bytes.dropFirst().reduce(Int(Int8(bitPattern: first))) { $0 << 8 | Int($1) }
    }

    /// What stands between two line feeds.
    mutating func line() -> String? {
        guard byte() == 0x0A else { return nil }
        let text = bytes[position...].prefix { $0 != 0x0A }
        return String(decoding: text, as: UTF8.self)
    }
}
