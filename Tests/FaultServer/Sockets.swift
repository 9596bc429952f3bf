// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// The socket calls of the scripted server, in one place because their types differ between C libraries.

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Blocking IPv4 sockets on the loopback interface.
enum Sockets {
    struct Failure: Error {
        let call: String
        let code: Int32
    }

    #if canImport(Glibc)
        private static let stream = Int32(SOCK_STREAM.rawValue)
        private static let noSignal = Int32(MSG_NOSIGNAL)
    #else
        private static let stream = SOCK_STREAM
        private static let noSignal: Int32 = 0
    #endif

    /// A socket bound to a free port; without `listens` connections to it are refused.
    static func bound(listens: Bool) throws -> (socket: Int32, port: Int) {
        let descriptor = socket(AF_INET, stream, 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard isBound, !listens || listen(descriptor, 1_024) == 0 else {
            close(descriptor)
            throw Failure(call: "bind", code: errno)
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// A connection to a socket in the file system.
    static func connected(toUnix path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, stream, 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isLong = withUnsafeMutableBytes(of: &address.sun_path) { place in
            guard path.utf8.count < place.count else { return true }
            place.copyBytes(from: path.utf8)
            return false
        }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard !isLong, isConnected else {
            close(descriptor)
            throw Failure(call: "connect", code: isLong ? ENAMETOOLONG : errno)
        }
        return descriptor
    }

    /// Ends what goes out, so that the other side reads the end of the stream; what comes in goes on.
    static func shutDownWriting(_ socket: Int32) {
        #if canImport(Glibc)
            shutdown(socket, Int32(SHUT_WR))
        #else
            shutdown(socket, SHUT_WR)
        #endif
    }

    /// The next connection; `nil` once the socket is shut down.
    static func next(_ socket: Int32) -> Int32? {
        let descriptor = accept(socket, nil, nil)
        return descriptor >= 0 ? descriptor : nil
    }

    /// What has come, at most 64 KiB; empty at the end of the stream or after a reset.
    static func receive(_ socket: Int32) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(0, count)))
    }

    /// Writes everything; the other side may be gone, which is no failure of a server that plays faults.
    static func write(_ socket: Int32, _ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, noSignal) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Makes the coming close a reset.
    static func resetOnClose(_ socket: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Resets a TCP connection at once; of another kind of socket both directions end.
    ///
    /// Its other side reads a reset, whoever blocks on it comes back, and the descriptor stays open.
    static func reset(_ socket: Int32) {
        // On Linux, connecting to no family is how a connection is taken back.
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        _ = withUnsafePointer(to: &nowhere) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr>.size)) }
        shutDown(socket)
    }

    /// Ends both directions, so that whoever blocks on the socket comes back; the descriptor stays open.
    static func shutDown(_ socket: Int32) {
        #if canImport(Glibc)
            shutdown(socket, Int32(SHUT_RDWR))
        #else
            shutdown(socket, SHUT_RDWR)
        #endif
    }

    static func end(_ socket: Int32) {
        close(socket)
    }
}
