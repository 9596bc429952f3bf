// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// A body that arrives: it takes the memory of what has come and not more, and is put together once it is whole.
///
/// An array that grows holds up to twice of what is in it, and while it grows three times.
struct BodyPieces {
    /// What the JSON parser wants to find after a text.
    private static let padding = 64
    private static let pieceBytes = 256 * 1_024

    /// The piece that is being filled: of most bodies the only one.
    private var piece: [UInt8] = []
    /// Those that are full.
    private var pieces: [[UInt8]] = []
    /// How many bytes have come.
    private(set) var count = 0

    /// - Parameter expected: So many bytes are reserved at once.
    init(expecting expected: Int) {
        piece.reserveCapacity(expected + Self.padding)
    }

    mutating func append(_ buffer: ByteBuffer) {
        count += buffer.readableBytes
        var rest = buffer.readableBytesView[...]
        while !rest.isEmpty {
            let room = piece.capacity - piece.count - Self.padding
            if room > 0 {
                piece.append(contentsOf: rest.prefix(room))
                rest = rest.dropFirst(room)
            }
            if !rest.isEmpty { begin() }
        }
    }

    /// The whole body; each piece is given back as soon as it is copied.
    mutating func joined() -> [UInt8] {
        if pieces.isEmpty { return piece }
        pieces.append(piece)
        piece = []
        var whole: [UInt8] = []
        whole.reserveCapacity(count + Self.padding)
        for index in pieces.indices {
            whole += pieces[index]
            pieces[index] = []
        }
        pieces = []
        return whole
    }

    /// Begins another piece.
    private mutating func begin() {
        pieces.append(piece)
        piece = []
        piece.reserveCapacity(Self.pieceBytes)
    }
}
