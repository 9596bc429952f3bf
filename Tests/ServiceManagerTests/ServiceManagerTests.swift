// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ServiceManager
import Testing

/// What is read of systemd's variables, and what arrives at its socket.
@Suite struct ServiceManagerTests {
    /// A socket as systemd has one.
    private final class Listener {
        let path = FileManager.default.temporaryDirectory.appending(path: "notify-\(UUID().uuidString)").path
        private let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)

        init() throws {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            let bound = withUnsafePointer(to: address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(bound == 0)
        }

        deinit {
            close(descriptor)
            unlink(path)
        }

        /// The next datagram; it is there already.
        func received() -> String {
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test("what it is told arrives as one datagram")
    func tells() throws {
        let listener = try Listener()
        let manager = ServiceManager(["NOTIFY_SOCKET": listener.path])
        #expect(manager.tell("READY=1\nSTATUS=listening"))
        #expect(listener.received() == "READY=1\nSTATUS=listening")
        manager.tell("WATCHDOG=1")
        #expect(listener.received() == "WATCHDOG=1")
    }

    @Test(
        "nobody is told where nobody listens",
        arguments: [
            [:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "relative"], ["NOTIFY_SOCKET": "/nowhere/at/all"],
            ["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 200)],
            ["NOTIFY_SOCKET": "@nobody-\(UUID().uuidString)"],
        ]
    )
    func nobody(variables: [String: String]) {
        #expect(!ServiceManager(variables).tell("READY=1"))
    }

    @Test("a sign of life is wanted of the process that is named")
    func watchdog() {
        #expect(ServiceManager(["WATCHDOG_USEC": "60000000"], process: 7).watchdog == .seconds(60))
        let variables = ["WATCHDOG_USEC": "500000", "WATCHDOG_PID": "7"]
        #expect(ServiceManager(variables, process: 7).watchdog == .milliseconds(500))
        #expect(ServiceManager(variables, process: 8).watchdog == nil)
        #expect(ServiceManager(["WATCHDOG_USEC": "0"], process: 7).watchdog == nil)
        #expect(ServiceManager(["WATCHDOG_USEC": "soon"], process: 7).watchdog == nil)
        #expect(ServiceManager([:], process: 7).watchdog == nil)
    }

    @Test("sockets are taken by their names, by the process that they are for")
    func sockets() {
        let variables = ["LISTEN_PID": "7", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "hooks:admin"]
        #expect(ServiceManager(variables, process: 7).sockets == ["hooks": 3, "admin": 4])
        #expect(ServiceManager(variables, process: 8).sockets == [:])
        #expect(ServiceManager(["LISTEN_PID": "7", "LISTEN_FDS": "1"], process: 7).sockets == [:])
        #expect(ServiceManager(["LISTEN_FDS": "1", "LISTEN_FDNAMES": "hooks"], process: 7).sockets == [:])
    }
}
