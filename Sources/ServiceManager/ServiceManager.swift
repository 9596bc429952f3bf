// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The systemd that started this process, as far as it wants to be told how the process fares, or has opened its sockets.
///
/// The protocols are sd_notify(3) and sd_listen_fds(3): datagrams to a socket, and variables.
package struct ServiceManager: Sendable {
    /// The first descriptor that is handed over (`SD_LISTEN_FDS_START`).
    private static let firstSocket: Int32 = 3

    private let path: String?
    /// How long it waits for a sign of life; `nil` when it waits for none.
    package let watchdog: Duration?
    /// Sockets that it listens on for this process, by their names (`FileDescriptorName=`).
    package let sockets: [String: Int32]

    /// What a process's environment says of it.
    ///
    /// - Parameters:
    ///   - variables: `NOTIFY_SOCKET`; `WATCHDOG_USEC` and `WATCHDOG_PID`; `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES`.
    ///   - process: The process's id: what is meant for another is left alone.
    package init(
        _ variables: [String: String] = ProcessInfo.processInfo.environment,
        process: Int32 = ProcessInfo.processInfo.processIdentifier
    ) {
        path = variables["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isOurs = variables["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        let limit = variables["WATCHDOG_USEC"].flatMap(Int64.init) ?? 0
        watchdog = isOurs && limit > 0 ? .microseconds(limit) : nil
        sockets = Self.sockets(variables, process)
    }

    private static func sockets(_ variables: [String: String], _ process: Int32) -> [String: Int32] {
        let isOurs = variables["LISTEN_PID"] == "\(process)"
        guard isOurs, let count = variables["LISTEN_FDS"].flatMap(Int32.init), count > 0 else { return [:] }
        let names = (variables["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
        let named = zip(names, firstSocket..<firstSocket + count).map { (String($0), $1) }
        return Dictionary(named.filter { !$0.0.isEmpty }) { first, _ in first }
    }

    /// Tells it something, such as `READY=1`; nothing happens where nobody listens.
    ///
    /// - Parameter state: Lines of `NAME=value`.
    /// - Returns: Whether it was handed over.
    @discardableResult
    package func tell(_ state: String) -> Bool {
        guard let path, let address = Self.address(path) else { return false }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let bytes = Array(state.utf8)
        let sent = unsafe withUnsafePointer(to: address.value) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, address.length)
            }
        }
        return sent == bytes.count
    }

    /// A path, or a name without a file that begins with `@`; `nil` when it is too long to be one.
    private static func address(_ path: String) -> (value: sockaddr_un, length: socklen_t)? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < room else { return nil }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return (address, socklen_t(offset + bytes.count))
    }
}
