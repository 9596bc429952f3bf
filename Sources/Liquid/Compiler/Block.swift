// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The nodes between two tags.
struct Block {
    var nodes: [Node] = []
    /// Whether nothing in it prints anything but white space.
    ///
    /// Such bodies of `if`, `unless`, `case` and `for` print nothing at all, as in the reference implementation.
    var isBlank = true

    mutating func add(_ node: Node, isBlank: Bool) {
        nodes.append(node)
        if !isBlank { self.isBlank = false }
    }

    mutating func add(text: String) {
        add(.text(text), isBlank: text.utf8.allSatisfy(SourceText.isSpace))
    }

    /// The nodes without texts of white space.
    var withoutSpace: [Node] {
        nodes.filter { node in
            guard case .text(let text) = node else { return true }
            return !text.utf8.allSatisfy(SourceText.isSpace)
        }
    }
}

/// A tag as it stands in the source.
struct Tag {
    let name: String
    let markup: Range<Int>
    /// The first byte of the name.
    let offset: Int
}
