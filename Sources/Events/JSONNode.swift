// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import OrderedCollections

/// One value inside a ``JSONDocument``, read on demand.
///
/// A node keeps its document alive. Looking up a key costs a walk over the object's keys; nothing is decoded but
/// what is asked for.
public struct JSONNode: Sendable {
    /// The text that the value stands in.
    public let document: JSONDocument
    /// The value's entry on the tape.
    package let index: Int

    package init(document: JSONDocument, index: Int) {
        self.document = document
        self.index = index
    }

    /// What the value is.
    public var kind: JSONKind {
        JSONKind(rawValue: document.withTape { $0.kind(index) }) ?? .null
    }

    /// Elements of an array or members of an object (repeated keys counted each); 0 for scalars.
    public var count: Int {
        switch kind {
        case .array, .object: document.withTape { $0.length(index) }
        default: 0
        }
    }

    /// The last member of that name; `nil` when there is none or the value is no object.
    public subscript(key: String) -> JSONNode? {
        var key = key
        let found = document.withTape { tape in key.withUTF8 { name in unsafe tape.member(name, of: index) } }
        return found.map { JSONNode(document: document, index: $0) }
    }

    /// The element at that position, from 0; `nil` when there is none or the value is no array.
    public subscript(position: Int) -> JSONNode? {
        guard kind == .array, position >= 0, position < count else { return nil }
        let found = document.withTape { tape in
            (0..<position).reduce(index + 1) { entry, _ in tape.next(entry) }
        }
        return JSONNode(document: document, index: found)
    }

    /// The decoded string, if the value is one.
    public var string: String? {
        switch kind {
        case .string, .escapedString: document.withTape { $0.string(index) }
        default: nil
        }
    }

    /// The number with its source text, if the value is one.
    public var number: JSONNumber? {
        guard kind == .number else { return nil }
        return JSONNumber(unchecked: document.withTape { $0.string(index) })
    }

    /// The elements, if the value is an array.
    public var elements: [JSONNode] {
        guard kind == .array else { return [] }
        return children.map { JSONNode(document: document, index: $0) }
    }

    /// The elements at some positions, if the value is an array; nothing behind them is walked.
    ///
    /// - Parameter positions: From 0, within the array.
    /// - Returns: The elements.
    package func elements(at positions: Range<Int>) -> [JSONNode] {
        guard kind == .array, positions.upperBound <= count else { return [] }
        return document.withTape { tape in
            var entry = index + 1
            for _ in 0..<positions.lowerBound { entry = tape.next(entry) }
            return positions.map { _ in
                defer { entry = tape.next(entry) }
                return JSONNode(document: document, index: entry)
            }
        }
    }

    /// The members in their order, if the value is an object; repeated keys appear each time.
    public var members: [(key: String, value: JSONNode)] {
        guard kind == .object else { return [] }
        let entries = children
        return document.withTape { tape in
            stride(from: 0, to: entries.count, by: 2).map { position in
                (tape.string(entries[position]), JSONNode(document: document, index: entries[position + 1]))
            }
        }
    }

    /// The whole value, decoded.
    public var value: JSON {
        switch kind {
        case .null: .null
        case .false: .bool(false)
        case .true: .bool(true)
        case .number: .number(number ?? JSONNumber(0))
        case .string, .escapedString: .string(string ?? "")
        case .array: .array(elements.map(\.value))
        case .object: .object(OrderedDictionary(members.map { ($0.key, $0.value.value) }) { $1 })
        }
    }

    private var children: [Int] {
        document.withTape { tape in
            let end = tape.next(index)
            return Array(sequence(first: index + 1) { tape.next($0) }.prefix { $0 < end })
        }
    }
}

extension JSONTape {
    /// The value of an object's last member of that name.
    ///
    /// - Parameters:
    ///   - name: The key's decoded bytes.
    ///   - object: The object's entry.
    /// - Returns: The value's entry; `nil` when there is no such member or the entry is no object.
    package func member(_ name: UnsafeBufferPointer<UInt8>, of object: Int) -> Int? {
        guard kind(object) == JSONKind.object.rawValue else { return nil }
        var found: Int?
        var key = object + 1
        let end = next(object)
        while key < end {
            if unsafe isKey(key, equalTo: name) { found = key + 1 }
            key = next(key + 1)
        }
        return found
    }

    /// Whether a key's decoded text has these bytes.
    package func isKey(_ key: Int, equalTo name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard kind(key) == JSONKind.escapedString.rawValue else {
            return unsafe length(key) == name.count && bytes(key).elementsEqual(name)
        }
        return unsafe string(key).utf8.elementsEqual(name)
    }

    /// A scalar's token as text; a string's escapes are decoded.
    package func string(_ index: Int) -> String {
        let bytes = unsafe bytes(index)
        guard kind(index) == JSONKind.escapedString.rawValue else {
            return unsafe String(decoding: bytes, as: UTF8.self)
        }
        return JSONEscapes.decode(unsafe Array(bytes))
    }
}
