// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// The filed clauses of an index, found by the values of an event.
///
/// One hash table holds every key of every field; a value costs one look-up for each kind of key that its field has,
/// and for prefixes and suffixes one for each length in use.
struct AnchorTable: Sendable {
    private struct Slot {
        var hash: UInt64 = 0
        var field: Int32 = -1
        var kind: UInt8 = 0
        var keyStart: Int32 = 0
        var keyLength: Int32 = 0
        var start: Int32 = 0
        var end: Int32 = 0
    }

    private var slots: [Slot]
    private var keys: [UInt8] = []
    private var clauses: [Int32] = []
    private var probes: [FieldProbe]

    /// Builds the table.
    ///
    /// - Parameters:
    ///   - filed: The clauses under each filing of each field.
    ///   - fieldCount: How many fields there are.
    init(_ filed: [FieldFiling: [Int32]], fieldCount: Int) {
        var size = 4
        while size < filed.count * 2 { size *= 2 }
        slots = Array(repeating: Slot(), count: size)
        probes = Array(repeating: FieldProbe(), count: fieldCount)
        var ranges: [Int32: (numbers: [NumberRange: [Int32]], decimals: [NumberRange: [Int32]])] = [:]
        for (place, found) in filed {
            switch place.filing {
            case .key(let kind, let key):
                insert(key, kind, place.field, found)
                probes[Int(place.field)].add(kind, key)
            case .numbers(let range): ranges[place.field, default: ([:], [:])].numbers[range] = found
            case .decimals(let range): ranges[place.field, default: ([:], [:])].decimals[range] = found
            case .anyString: probes[Int(place.field)].anyString = found
            case .anyValue: probes[Int(place.field)].anyValue = found
            }
        }
        for (field, ranges) in ranges { probes[Int(field)].setRanges(ranges.numbers, ranges.decimals) }
    }

    /// Appends the clauses that a value may satisfy.
    @inline(__always)
    func find(_ value: EventReading.Value, into found: inout [Int32]) {
        let kinds = probes[Int(value.field)].kinds
        if kinds.contains(.values) { found += probes[Int(value.field)].anyValue }
        if value.leaf.isString {
            if kinds.contains(.string) { look(.string, value.field, value.bytes, &found) }
            if !kinds.isDisjoint(with: .rareStrings) { findRare(value, kinds, &found) }
        } else if value.leaf.isNumber {
            if !kinds.isDisjoint(with: .numeric) { findNumber(value, kinds, &found) }
        } else if kinds.contains(.literal) {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { key in
                key[0] = UInt8(truncatingIfNeeded: value.kind)
                look(.literal, value.field, UnsafeBufferPointer(key), &found)
            }
        }
    }

    private func findNumber(_ value: EventReading.Value, _ kinds: FieldProbe.Kinds, _ found: inout [Int32]) {
        guard let number = PatternNumber(value.bytes) else { return }
        let isNumber = value.leaf.isNumber
        number.withKey { key in
            if isNumber, kinds.contains(.number) { look(.number, value.field, key, &found) }
            if kinds.contains(.decimal) { look(.decimal, value.field, key, &found) }
        }
        if isNumber, kinds.contains(.numberRanges) { probes[Int(value.field)].numbers.find(number, into: &found) }
        if kinds.contains(.decimalRanges) { probes[Int(value.field)].decimals.find(number, into: &found) }
    }

    private func findRare(_ value: EventReading.Value, _ kinds: FieldProbe.Kinds, _ found: inout [Int32]) {
        let probe = probes[Int(value.field)]
        let (bytes, count) = (value.bytes, value.bytes.count)
        found += probe.anyString
        for length in probe.prefixes where length <= count {
            look(.prefix, value.field, UnsafeBufferPointer(rebasing: bytes[..<length]), &found)
        }
        for length in probe.suffixes where length <= count {
            look(.suffix, value.field, UnsafeBufferPointer(rebasing: bytes[(count - length)...]), &found)
        }
        for length in probe.grams where length <= count {
            for start in 0...(count - length) {
                look(.gram, value.field, UnsafeBufferPointer(rebasing: bytes[start..<(start + length)]), &found)
            }
        }
        if !kinds.isDisjoint(with: [.decimal, .decimalRanges]) { findNumber(value, kinds, &found) }
        if kinds.contains(.caseless) { findCaseless(value, probe, &found) }
        if !probe.networks.isEmpty, let address = IPAddress(bytes) {
            for bits in probe.networks where bits < address.bytes.count * 8 {
                let key = [UInt8(bits)] + AddressBlock.masked(address.bytes, to: bits)
                key.withUnsafeBufferPointer { look(.cidr, value.field, $0, &found) }
            }
        }
    }

    private func findCaseless(_ value: EventReading.Value, _ probe: FieldProbe, _ found: inout [Int32]) {
        let count = value.bytes.count
        let folded = value.bytes.map(CaselessText.lowercase)
        folded.withUnsafeBufferPointer { folded in
            look(.caseless, value.field, folded, &found)
            for length in probe.caselessPrefixes where length <= count {
                look(.caselessPrefix, value.field, UnsafeBufferPointer(rebasing: folded[..<length]), &found)
            }
            for length in probe.caselessSuffixes where length <= count {
                look(.caselessSuffix, value.field, UnsafeBufferPointer(rebasing: folded[(count - length)...]), &found)
            }
        }
    }

    private mutating func insert(_ key: [UInt8], _ kind: Filing.Kind, _ field: Int32, _ found: [Int32]) {
        let hash = key.withUnsafeBufferPointer { Self.hash(kind, field, $0) }
        var at = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[at].field >= 0 { at = (at + 1) & (slots.count - 1) }
        slots[at] = Slot(
            hash: hash,
            field: field,
            kind: kind.rawValue,
            keyStart: Int32(keys.count),
            keyLength: Int32(key.count),
            start: Int32(clauses.count),
            end: Int32(clauses.count + found.count)
        )
        keys += key
        clauses += found
    }

    @inline(__always)
    private func look(_ kind: Filing.Kind, _ field: Int32, _ key: UnsafeBufferPointer<UInt8>, _ found: inout [Int32]) {
        let hash = Self.hash(kind, field, key)
        var at = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[at].field >= 0 {
            if slots[at].hash == hash, isKey(slots[at], kind, field, key) {
                for position in slots[at].start..<slots[at].end { found.append(clauses[Int(position)]) }
                return
            }
            at = (at + 1) & (slots.count - 1)
        }
    }

    private func isKey(_ slot: Slot, _ kind: Filing.Kind, _ field: Int32, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        guard slot.field == field, slot.kind == kind.rawValue, Int(slot.keyLength) == key.count else { return false }
        for offset in key.indices where keys[Int(slot.keyStart) + offset] != key[offset] { return false }
        return true
    }

    @inline(__always)
    private static func hash(_ kind: Filing.Kind, _ field: Int32, _ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        ByteHash.mix(ByteHash.hash(key) ^ UInt64(UInt32(bitPattern: field)) << 8 ^ UInt64(kind.rawValue))
    }
}

/// A filing at a field.
struct FieldFiling: Hashable {
    let field: Int32
    let filing: Filing
}

extension PatternNumber {
    /// Lends ``key`` without allocating for small numbers.
    @inline(__always)
    fileprivate func withKey(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        guard case .small(let significand, let exponent) = self else {
            return key.withUnsafeBufferPointer(body)
        }
        withUnsafeBytes(of: (significand, Int64(exponent))) { raw in raw.withMemoryRebound(to: UInt8.self, body) }
    }
}
