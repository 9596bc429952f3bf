// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// Requests that must not reach private addresses. The address is checked where it is used, after the name was
// resolved: when libcurl opens a socket, before it connects, and before a request goes out on a connection that is
// used again.

extension Transfer {
    /// Sets or takes away the check for the coming request.
    func setAddressCheck(_ isOn: Bool) throws(TransportError) {
        guard isOn else {
            return try check(CURLOPT_OPENSOCKETFUNCTION, unsafe hookline_setopt_opensocket(easy, nil))
        }
        if hasProxy {
            throw TransportError(
                .privateAddress,
                .notSent,
                "a proxy stands between, so nobody knows the host's address"
            )
        }
        let result = unsafe hookline_setopt_opensocket(easy) { context, _, address in
            guard let transfer = unsafe Transfer.of(context), let address = unsafe address else {
                return CURL_SOCKET_BAD
            }
            return unsafe transfer.open(address)
        }
        try check(CURLOPT_OPENSOCKETFUNCTION, result)
    }

    /// The socket for an address; none for a private one, so that not even a connection is tried.
    private func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        // libcurl keeps room for the longest address behind the structure, of which Swift knows the shortest alone.
        guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return CURL_SOCKET_BAD }
        let name = unsafe UnsafeRawPointer(address) + offset
        let target = unsafe address.pointee
        guard let ip = unsafe IPAddress(name, family: target.family), isOpen(ip) else {
            wasAddressRefused = true
            return CURL_SOCKET_BAD
        }
        wasAddressAllowed = true
        return socket(target.family, target.socktype, target.protocol)
    }

    /// Whether the connection's other end may be asked.
    func mayReach(_ remote: UnsafeMutablePointer<CChar>?) -> Bool {
        guard job?.request.refusesPrivateAddresses == true else { return true }
        if let remote = unsafe remote, let ip = IPAddress(unsafe String(cString: remote)), isOpen(ip) { return true }
        wasAddressRefused = true
        return false
    }

    /// Whether the host has no address but such as the request must not reach.
    var isAtPrivateAddress: Bool { wasAddressRefused && !wasAddressAllowed }

    private func isOpen(_ address: IPAddress) -> Bool { address.isPublic || openAddresses.contains(address) }
}
