// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CCurl

// What libcurl calls during a transfer. The callbacks append and count, nothing else.
//
// When a reused connection dies without an answer, libcurl repeats the request by itself, POST or not, and a customer
// would get the message twice. Before each try it asks (`CURLOPT_PREREQFUNCTION`), and there we refuse a second one of
// a request that has a body: what became of the first is not known.

extension Transfer {
    func setCallbacks() throws(TransportError) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let pointers: [(CURLoption, UnsafeMutableRawPointer)] = unsafe [
            (CURLOPT_PRIVATE, context), (CURLOPT_WRITEDATA, context), (CURLOPT_HEADERDATA, context),
            (CURLOPT_PREREQDATA, context), (CURLOPT_OPENSOCKETDATA, context),
            (CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorBuffer)),
        ]
        for unsafe(option, pointer) in unsafe pointers {
            try unsafe check(option, hookline_setopt_pointer(easy, option, pointer))
        }
        let prereq = unsafe hookline_setopt_prereq(easy) { context, remote, _, _, _ in
            guard let transfer = unsafe Transfer.of(context), unsafe transfer.mayReach(remote) else {
                return CURL_PREREQFUNC_ABORT
            }
            return transfer.mayTry() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
        try check(CURLOPT_PREREQFUNCTION, prereq)
        try setAnswerCallbacks()
    }

    private func setAnswerCallbacks() throws(TransportError) {
        let header = unsafe hookline_setopt_write(easy, CURLOPT_HEADERFUNCTION) { buffer, size, count, context in
            guard let buffer = unsafe buffer, let transfer = unsafe Transfer.of(context) else { return 0 }
            return unsafe transfer.take(line: UnsafeRawBufferPointer(start: buffer, count: size * count))
        }
        try check(CURLOPT_HEADERFUNCTION, header)
        let write = unsafe hookline_setopt_write(easy, CURLOPT_WRITEFUNCTION) { buffer, size, count, context in
            guard let buffer = unsafe buffer, let transfer = unsafe Transfer.of(context) else { return 0 }
            return unsafe transfer.take(body: UnsafeRawBufferPointer(start: buffer, count: size * count))
        }
        try check(CURLOPT_WRITEFUNCTION, write)
    }

    /// The transfer behind a callback's or a handle's pointer, which the loop keeps alive.
    static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }

    /// Whether libcurl may send the request (again): one without body only reads, and may be repeated.
    private func mayTry() -> Bool {
        if tries > 0, !upload.isEmpty { mayHaveArrived = true }
        tries += 1
        return !mayHaveArrived
    }

    private func take(line: UnsafeRawBufferPointer) -> Int {
        headBytes += line.count
        guard headBytes <= Self.maxHeadBytes else {
            isTooLarge = true
            return 0
        }
        // Of an interim answer (1xx) nothing is kept.
        if unsafe line.starts(with: "HTTP/".utf8) {
            head.removeAll(keepingCapacity: true)
            head.reserveCapacity(256)
        } else {
            unsafe head.append(contentsOf: line)
        }
        return line.count
    }

    private func take(body bytes: UnsafeRawBufferPointer) -> Int {
        let room = maxBodyBytes - body.count
        unsafe body.append(contentsOf: bytes.prefix(max(0, room)))
        guard bytes.count > room else { return bytes.count }
        isTooLarge = true
        return 0
    }
}
