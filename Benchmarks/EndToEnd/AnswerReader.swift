// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Reads the status of HTTP/1.1 answers that say their length, and nothing else of them.
///
/// A whole HTTP parser costs the generator's thread more than the rest of its work; every answer that is measured
/// here has a `Content-Length`, and one without is an error.
struct AnswerReader: NIOSingleStepByteToMessageDecoder {
    typealias InboundOut = Int

    private static let headEnd = Array("\r\n\r\n".utf8)
    private static let lengthName = Array("\r\ncontent-length:".utf8)

    mutating func decode(buffer: inout ByteBuffer) throws -> Int? {
        guard let answer = try buffer.withUnsafeReadableBytes(Self.read), answer.length <= buffer.readableBytes else {
            return nil
        }
        buffer.moveReaderIndex(forwardBy: answer.length)
        return answer.status
    }

    mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> Int? {
        try decode(buffer: &buffer)
    }

    /// Status and length with the body; `nil` while the head is not whole.
    private static func read(_ bytes: UnsafeRawBufferPointer) throws -> (status: Int, length: Int)? {
        guard let end = position(of: headEnd, in: bytes) else { return nil }
        guard let name = position(of: lengthName, in: bytes), name < end else {
            throw BenchmarkError("an answer has no Content-Length")
        }
        guard bytes.count > 12, let status = number(bytes[9..<12]) else {
            throw BenchmarkError("an answer has no status")
        }
        let line = bytes[(name + lengthName.count)...].prefix { $0 != UInt8(ascii: "\r") }
        guard let length = number(line.drop { $0 == UInt8(ascii: " ") }) else {
            throw BenchmarkError("an answer's Content-Length is no number")
        }
        return (status, end + headEnd.count + length)
    }

    /// Where the lower-case bytes begin, whatever the case of those that are searched.
    private static func position(of wanted: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= wanted.count else { return nil }
        for start in 0...(bytes.count - wanted.count) where bytes[start] == wanted[0] {
            let isHere = wanted.indices.allSatisfy { wanted[$0] == lowercase(bytes[start + $0]) }
            if isHere { return start }
        }
        return nil
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> Int? {
        Int(String(decoding: digits, as: UTF8.self))
    }
}
