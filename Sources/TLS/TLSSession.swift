// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibssl
internal import NIOCore

/// One connection's side of TLS, without a socket: bytes of the network go in and come out at one end, plain ones at the other.
///
/// It is one thread's. Between two calls no byte waits in it but parts of a record, of which TLS has no larger than 16 KiB.
@safe final class TLSSession {
    /// How far it got.
    enum Progress: Equatable {
        /// Nothing more can be done before more bytes come.
        case waits
        /// The handshake is over.
        case done
        /// The client sends nothing more.
        case ended
        case failed(TLSFailure)
    }

    /// What one call is given at most: with it OpenSSL's own buffers stay as small.
    static let pieceBytes = 16 * 1_024

    /// The room that a reading asks for: with so much more than came, no buffer grows.
    static let leastRoom = 1_024

    private let connection: OpaquePointer
    private let received: OpaquePointer
    private let unsent: OpaquePointer

    /// A connection that has heard nothing yet; `nil` when there is no memory.
    ///
    /// - Parameter identity: Who we are.
    init?(_ identity: TLSIdentity) {
        guard let received = unsafe hookline_new_bytes() else { return nil }
        guard let unsent = unsafe hookline_new_bytes() else {
            unsafe BIO_free_all(received)
            return nil
        }
        guard let connection = unsafe identity.connect() else {
            unsafe BIO_free_all(received)
            unsafe BIO_free_all(unsent)
            return nil
        }
        unsafe SSL_set_bio(connection, received, unsent)
        unsafe SSL_set_accept_state(connection)
        unsafe (self.connection, self.received, self.unsent) = (connection, received, unsent)
    }

    /// With the connection its two stores of bytes go.
    deinit { unsafe SSL_free(connection) }

    /// Such as `TLSv1.3`.
    var version: String { unsafe String(cString: SSL_get_version(connection)) }

    /// Takes the next of the client's bytes.
    ///
    /// - Parameter bytes: Of these at most ``pieceBytes`` are taken out.
    /// - Returns: Whether there was memory for them.
    func receive(_ bytes: inout ByteBuffer) -> Bool {
        let count = min(bytes.readableBytes, Self.pieceBytes)
        let taken = unsafe bytes.withUnsafeReadableBytes { unsafe BIO_write(received, $0.baseAddress, Int32(count)) }
        bytes.moveReaderIndex(forwardBy: count)
        return taken == Int32(count)
    }

    /// Goes on with the handshake.
    func handshake() -> Progress {
        ErrorQueue.clear()
        let result = unsafe SSL_do_handshake(connection)
        return result == 1 ? .done : progress(after: result)
    }

    /// Takes out what can be read.
    ///
    /// - Parameter plain: Gets it.
    /// - Returns: Why there is no more.
    func read(into plain: inout ByteBuffer) -> Progress {
        while true {
            ErrorQueue.clear()
            var result: Int32 = 0
            unsafe plain.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.leastRoom) { room in
                let room = unsafe UnsafeMutableRawBufferPointer(rebasing: room.prefix(Self.pieceBytes))
                result = unsafe SSL_read(connection, room.baseAddress, Int32(room.count))
                return max(0, Int(result))
            }
            guard result > 0 else { return progress(after: result) }
        }
    }

    /// Makes plain bytes ready to be sent.
    ///
    /// - Parameters:
    ///   - plain: All of them are taken.
    ///   - sealed: Gets what goes to the client.
    /// - Returns: Whether that could be done.
    func write(_ plain: ByteBuffer, into sealed: inout ByteBuffer) -> Bool {
        defer { ErrorQueue.clear() }
        var rest = plain.readableBytesView[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Self.pieceBytes)
            ErrorQueue.clear()
            let result = unsafe piece.withUnsafeBytes { unsafe SSL_write(connection, $0.baseAddress, Int32($0.count)) }
            takeUnsent(into: &sealed)
            guard result == Int32(piece.count) else { return false }
            rest = rest.dropFirst(piece.count)
        }
        return true
    }

    /// Says to the client that nothing more comes.
    func end() {
        ErrorQueue.clear()
        _ = unsafe SSL_shutdown(connection)
        ErrorQueue.clear()
    }

    /// Takes out what TLS itself has to say to the client, and what it has made of plain bytes.
    ///
    /// - Parameter sealed: Gets it.
    func takeUnsent(into sealed: inout ByteBuffer) {
        let count = unsafe hookline_bytes_waiting(unsent)
        guard count > 0 else { return }
        unsafe sealed.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
            max(0, Int(unsafe BIO_read(unsent, room.baseAddress, Int32(count))))
        }
    }

    private func progress(after result: Int32) -> Progress {
        switch unsafe SSL_get_error(connection, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .waits
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            let reason = ErrorQueue.reasonOfTLS
            ErrorQueue.clear()
            return .failed(TLSFailure(reason: reason))
        }
    }
}
