// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The fields that some pattern reads, as a tree of keys, flattened for a fast walk over an event.
struct PathTrie: Sendable {
    struct Node {
        /// The field that ends here, or -1.
        var field: Int32 = -1
        /// Where the table of children starts in `slots`.
        var start: Int32 = 0
        /// The table's size minus one, a power of two minus one; -1 without children.
        var mask: Int32 = -1
        /// A bit for each ``hint(_:)`` of the children's keys: most keys of an event are passed over by this alone.
        var hints: UInt64 = 0
    }

    struct Slot {
        var hash: UInt64 = 0
        /// The child's node, or -1 where the slot is free.
        var child: Int32 = -1
        /// The child's position among its siblings.
        var ordinal: Int32 = 0
        var keyStart: Int32 = 0
        var keyLength: Int32 = 0
    }

    private(set) var nodes: [Node] = []
    private(set) var slots: [Slot] = []
    private(set) var keys: [UInt8] = []

    /// The tree of one root's fields.
    ///
    /// - Parameter fields: Steps and number of each field.
    init(_ fields: [(steps: [String], field: Int)]) {
        let root = Branch()
        for (steps, field) in fields {
            let leaf = steps.reduce(root) { $0.child(Array($1.utf8)) }
            leaf.field = Int32(field)
        }
        add(root)
    }

    /// Whether no field stands in the tree.
    var isEmpty: Bool { slots.isEmpty }

    @discardableResult
    private mutating func add(_ branch: Branch) -> Int32 {
        let index = nodes.count
        nodes.append(Node(field: branch.field))
        guard !branch.children.isEmpty else { return Int32(index) }
        var size = 2
        while size < branch.children.count * 2 { size *= 2 }
        let start = slots.count
        slots += Array(repeating: Slot(), count: size)
        nodes[index].start = Int32(start)
        nodes[index].mask = Int32(size - 1)
        for (ordinal, (key, child)) in branch.children.enumerated() {
            let hash = key.withUnsafeBufferPointer { ByteHash.hash($0) }
            let keyStart = Int32(keys.count)
            keys += key
            var at = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[start + at].child >= 0 { at = (at + 1) & (size - 1) }
            slots[start + at] = Slot(
                hash: hash,
                child: Int32(nodes.count),
                ordinal: Int32(ordinal),
                keyStart: keyStart,
                keyLength: Int32(key.count)
            )
            nodes[index].hints |= key.withUnsafeBufferPointer { 1 << Self.hint($0) }
            add(child)
        }
        return Int32(index)
    }

    /// A number below 64 made of a key's length and first byte.
    @inline(__always)
    static func hint(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        guard let first = key.first else { return 0 }
        return (UInt64(first) &* 7 &+ UInt64(truncatingIfNeeded: key.count)) & 63
    }
}

/// A node while the tree is built.
private final class Branch {
    var field: Int32 = -1
    var children: [(key: [UInt8], branch: Branch)] = []
    private var positions: [[UInt8]: Int] = [:]

    func child(_ key: [UInt8]) -> Branch {
        if let position = positions[key] { return children[position].branch }
        positions[key] = children.count
        let branch = Branch()
        children.append((key, branch))
        return branch
    }
}
