// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import HTTPValues
import NIOCore
import TestSupport
import Testing

@testable import Server

@Suite("What a listener shares out")
struct BodyRoomTests {
    @Test("bodies share the room beyond their free bytes, and give back what they took")
    func room() {
        var limits = HTTPLimits()
        (limits.bodyRoom, limits.freeBodyBytes) = (100, 10)
        let room = BodyRoom(limits)
        #expect(room.grow(from: 0, to: 10) && room.bytesTaken == 0)
        #expect(room.grow(from: 10, to: 70) && room.bytesTaken == 60)
        #expect(room.grow(from: 0, to: 50) && room.bytesTaken == 100)
        #expect(!room.grow(from: 50, to: 51) && room.bytesTaken == 100)
        #expect(room.grow(from: 0, to: 10))
        room.release(50)
        room.release(10)
        #expect(room.bytesTaken == 60)
        #expect(room.grow(from: 70, to: 110) && !room.grow(from: 110, to: 111))
        room.release(110)
        #expect(room.bytesTaken == 0)
    }

    @Test("a body in pieces comes out as it came in, with room behind it for the parser")
    func pieces() {
        for size in [0, 1, 100, 65_536, 262_144, 262_145, 1_000_000] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            var body = BodyPieces(expecting: min(size, 65_536))
            for start in stride(from: 0, to: size, by: 10_007) {
                body.append(ByteBuffer(bytes: bytes[start..<min(start + 10_007, size)]))
            }
            #expect(body.count == size)
            let whole = body.joined()
            #expect(whole == bytes)
            #expect(whole.capacity >= size + 64)
        }
    }

    @Test("connections up to the limit are accepted, the next one once one has closed")
    func connections() {
        var limit = ConnectionLimit(
            2,
            room: ConnectionRoom(),
            logger: quietLogger
        )
        limit.connectionOpened()
        #expect(limit.isAcceptingNewConnections())
        limit.connectionOpened()
        #expect(!limit.isAcceptingNewConnections())
        limit.connectionClosed()
        #expect(limit.isAcceptingNewConnections())
    }

    @Test("there are always connections to be had, and never all of the process' descriptors")
    func affordable() {
        #expect((64...4_096).contains(HTTPLimits().connections))
    }
}
