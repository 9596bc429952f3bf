// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// What an event has at the fields that patterns read: every scalar, in the order of the text.
///
/// The pointers lead into the event's text; a reading lives inside ``JSONDocument/withTape(_:)`` alone. Strings with
/// escapes are decoded into memory that ``release()`` gives back.
struct EventReading {
    /// A scalar at a field.
    struct Value {
        let field: Int32
        /// The innermost array element that holds the value, or -1; a scalar that is itself an element has none of its own.
        let frame: Int32
        let kind: UInt32
        /// The entry's number on the tape.
        let position: Int32
        /// The following value of the same field, or -1.
        var next: Int32 = -1
        let bytes: UnsafeBufferPointer<UInt8>

        var leaf: Leaf { Leaf(kind: kind, bytes: bytes) }
    }

    /// An element (object or array) of an array.
    struct Frame {
        /// The element that holds the array, or -1.
        let parent: Int32
        /// The array, unique in the event: its number on the tape, negative in the envelope.
        let array: Int32
        /// The element's entries on the tape.
        let start: Int32
        let end: Int32
        /// The entry after the array.
        let arrayEnd: Int32
    }

    var values: [Value] = []
    var frames: [Frame] = []
    private var decoded: [UnsafeMutableBufferPointer<UInt8>] = []
    private var table = FieldTable()

    init() {}

    /// Makes room for the values that an event usually has at the fields of the patterns.
    init(capacity: Int) {
        values.reserveCapacity(capacity)
    }

    /// Keeps a decoded text until ``release()``.
    mutating func keep(_ text: String) -> UnsafeBufferPointer<UInt8> {
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(text.utf8.count, 1))
        let end = buffer.update(fromContentsOf: text.utf8)
        decoded.append(buffer)
        return UnsafeBufferPointer(rebasing: buffer[..<end])
    }

    /// Gives decoded texts back; the reading is of no use afterwards.
    func release() {
        for buffer in decoded { buffer.deallocate() }
    }

    /// Chains the values of each field; needed before ``field(_:)``.
    mutating func link() {
        table = FieldTable(for: values.count)
        for index in values.indices {
            let before = table.append(Int32(truncatingIfNeeded: index), of: values[index])
            if before >= 0 { values[Int(before)].next = Int32(truncatingIfNeeded: index) }
        }
    }

    /// The first value of a field, or -1, and whether any of its values stands inside an array's element.
    @inline(__always)
    func field(_ field: Int32) -> (first: Int32, isFramed: Bool) {
        table.find(field)
    }

    /// The element of an array that both values need and that they do not share: as seen from the second frame.
    ///
    /// - Returns: The frame around `other` in that array; `nil` when nothing keeps the two apart.
    func conflict(of frame: Int32, with other: Int32) -> Frame? {
        var own = frame
        while own >= 0 {
            let mine = frames[Int(own)]
            var theirs = other
            while theirs >= 0 {
                let frame = frames[Int(theirs)]
                if frame.array == mine.array, frame.start != mine.start { return frame }
                theirs = frame.parent
            }
            own = mine.parent
        }
        return nil
    }
}

/// First and last value of each field that an event has; sized by the event, never by the patterns.
private struct FieldTable {
    private struct Slot {
        var field: Int32 = -1
        var first: Int32 = -1
        var last: Int32 = -1
        var isFramed = false
    }

    private var slots: [Slot] = []

    init() {}

    init(for count: Int) {
        var size = 4
        while size < count * 2 { size *= 2 }
        slots = Array(repeating: Slot(), count: size)
    }

    @inline(__always)
    func find(_ field: Int32) -> (first: Int32, isFramed: Bool) {
        guard !slots.isEmpty else { return (-1, false) }
        var at = Int(field) & (slots.count - 1)
        while slots[at].field != field {
            guard slots[at].field >= 0 else { return (-1, false) }
            at = (at + 1) & (slots.count - 1)
        }
        return (slots[at].first, slots[at].isFramed)
    }

    /// Adds a value to its field.
    ///
    /// - Returns: The field's value before it, or -1.
    mutating func append(_ index: Int32, of value: EventReading.Value) -> Int32 {
        var at = Int(value.field) & (slots.count - 1)
        while slots[at].field >= 0, slots[at].field != value.field { at = (at + 1) & (slots.count - 1) }
        let before = slots[at].last
        if before < 0 {
            slots[at].field = value.field
            slots[at].first = index
        }
        slots[at].last = index
        if value.frame >= 0 { slots[at].isFramed = true }
        return before
    }
}
