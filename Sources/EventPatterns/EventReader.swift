// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Walks an event's tape once, along the tree of fields, and gathers what stands at them.
///
/// Whatever no pattern reads is stepped over by one addition. A key that an object repeats counts with its last
/// value, as everywhere in Hookline.
struct EventReader {
    private let tape: JSONTape
    private let entries: UnsafePointer<JSONTapeEntry>
    private let nodes: UnsafeBufferPointer<PathTrie.Node>
    private let slots: UnsafeBufferPointer<PathTrie.Slot>
    private let keys: UnsafeBufferPointer<UInt8>
    private let isEnvelope: Bool
    private var reading: EventReading

    /// Adds the values of one document to a reading.
    static func read(
        _ tape: JSONTape,
        from index: Int,
        along trie: PathTrie,
        isEnvelope: Bool,
        into reading: inout EventReading
    ) {
        guard !trie.isEmpty else { return }
        trie.nodes.withUnsafeBufferPointer { nodes in
            trie.slots.withUnsafeBufferPointer { slots in
                trie.keys.withUnsafeBufferPointer { keys in
                    var reader = EventReader(
                        tape: tape,
                        entries: tape.entries,
                        nodes: nodes,
                        slots: slots,
                        keys: keys,
                        isEnvelope: isEnvelope,
                        reading: reading
                    )
                    reading = EventReading()
                    reader.visit(index, node: 0, frame: -1)
                    reading = reader.reading
                }
            }
        }
    }

    private mutating func visit(_ index: Int, node: Int32, frame: Int32) {
        switch entries[index].kind {
        case JSONKind.object.rawValue:
            if nodes[Int(node)].mask >= 0 { object(index, node: node, frame: frame) }
        case JSONKind.array.rawValue:
            array(index, node: node, frame: frame)
        default:
            record(index, field: nodes[Int(node)].field, frame: frame)
        }
    }

    private mutating func object(_ index: Int, node: Int32, frame: Int32) {
        let end = Int(entries[index].next)
        let (valueCount, frameCount) = (reading.values.count, reading.frames.count)
        var seen: UInt64 = 0
        var key = index + 1
        while key < end {
            if let slot = slot(of: key, under: node) {
                let bit = UInt64(1) << UInt64(slot.ordinal & 63)
                guard seen & bit == 0 else {
                    reading.values.removeSubrange(valueCount...)
                    reading.frames.removeSubrange(frameCount...)
                    return objectWithRepeatedKeys(index, node: node, frame: frame)
                }
                seen |= bit
                visit(key + 1, node: slot.child, frame: frame)
            }
            key = Int(entries[key + 1].next)
        }
    }

    /// The slow way, for objects in which a key may stand twice: the last one counts.
    private mutating func objectWithRepeatedKeys(_ index: Int, node: Int32, frame: Int32) {
        let end = Int(entries[index].next)
        var last: [Int32: Int] = [:]
        for pass in 0...1 {
            var key = index + 1
            while key < end {
                if let child = slot(of: key, under: node)?.child {
                    if pass == 0 {
                        last[child] = key
                    } else if last[child] == key {
                        visit(key + 1, node: child, frame: frame)
                    }
                }
                key = Int(entries[key + 1].next)
            }
        }
    }

    private mutating func array(_ index: Int, node: Int32, frame: Int32) {
        let end = Int(entries[index].next)
        let field = nodes[Int(node)].field
        var element = index + 1
        while element < end {
            let next = Int(entries[element].next)
            if entries[element].kind < JSONKind.array.rawValue {
                record(element, field: field, frame: frame)
            } else {
                reading.frames.append(
                    EventReading.Frame(
                        parent: frame,
                        array: isEnvelope ? ~Int32(truncatingIfNeeded: index) : Int32(truncatingIfNeeded: index),
                        start: Int32(truncatingIfNeeded: element),
                        end: Int32(truncatingIfNeeded: next),
                        arrayEnd: Int32(truncatingIfNeeded: end)
                    )
                )
                visit(element, node: node, frame: Int32(truncatingIfNeeded: reading.frames.count - 1))
            }
            element = next
        }
    }

    private mutating func record(_ index: Int, field: Int32, frame: Int32) {
        guard field >= 0 else { return }
        let kind = entries[index].kind
        let isEscaped = kind == JSONKind.escapedString.rawValue
        reading.values.append(
            EventReading.Value(
                field: field,
                frame: frame,
                kind: kind,
                position: Int32(truncatingIfNeeded: index),
                bytes: isEscaped ? reading.keep(tape.string(index)) : bytes(of: index)
            )
        )
    }

    @inline(__always)
    private func bytes(of index: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: tape.text + Int(entries[index].start), count: Int(entries[index].length))
    }

    @inline(__always)
    private func slot(of key: Int, under node: Int32) -> PathTrie.Slot? {
        guard entries[key].kind != JSONKind.escapedString.rawValue else {
            var name = tape.string(key)
            return name.withUTF8 { find($0, under: node) }
        }
        return find(bytes(of: key), under: node)
    }

    @inline(__always)
    private func find(_ name: UnsafeBufferPointer<UInt8>, under node: Int32) -> PathTrie.Slot? {
        let node = nodes[Int(node)]
        guard node.hints >> PathTrie.hint(name) & 1 == 1 else { return nil }
        let hash = ByteHash.hash(name)
        var at = Int(truncatingIfNeeded: hash) & Int(node.mask)
        while true {
            let slot = slots[Int(node.start) + at]
            if slot.child < 0 { return nil }
            if slot.hash == hash, isKey(slot, name) { return slot }
            at = (at + 1) & Int(node.mask)
        }
    }

    @inline(__always)
    private func isKey(_ slot: PathTrie.Slot, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard name.count == Int(slot.keyLength) else { return false }
        for offset in name.indices where keys[Int(slot.keyStart) + offset] != name[offset] { return false }
        return true
    }
}
