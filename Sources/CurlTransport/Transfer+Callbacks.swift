// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CCurl

// What libcurl calls during a transfer. The callbacks append and count, nothing else.
//
// The body goes through a read callback although libcurl could take it from memory, for one reason: when a
// reused connection dies without an answer, libcurl repeats the request by itself, POST or not, and a customer
// would get the message twice. A repetition must rewind the body, or at least announce itself as another try,
// and there we refuse it once the whole body was taken.

extension Transfer {
    func setCallbacks() throws(TransportError) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let pointers: [(CURLoption, UnsafeMutableRawPointer)] = unsafe [
            (CURLOPT_PRIVATE, context), (CURLOPT_READDATA, context), (CURLOPT_SEEKDATA, context),
            (CURLOPT_WRITEDATA, context), (CURLOPT_HEADERDATA, context), (CURLOPT_PREREQDATA, context),
            (CURLOPT_OPENSOCKETDATA, context),
            (CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorBuffer)),
        ]
        for unsafe(option, pointer) in unsafe pointers {
            try unsafe check(option, hookline_setopt_pointer(easy, option, pointer))
        }
        let read = unsafe hookline_setopt_read(easy) { buffer, size, count, context in
            guard let buffer = unsafe buffer, let transfer = unsafe Transfer.of(context) else { return 0 }
            return unsafe transfer.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
        }
        try check(CURLOPT_READFUNCTION, read)
        let seek = unsafe hookline_setopt_seek(easy) { context, offset, origin in
            guard let transfer = unsafe Transfer.of(context) else { return CURL_SEEKFUNC_FAIL }
            return transfer.seek(to: Int(offset), from: origin)
        }
        try check(CURLOPT_SEEKFUNCTION, seek)
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

    private func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, upload.count - handed)
        guard count > 0 else { return 0 }
        unsafe buffer.copyBytes(from: upload[handed..<handed + count])
        handed += count
        return count
    }

    private func seek(to offset: Int, from origin: Int32) -> Int32 {
        // SEEK_SET is 0; libcurl never asks for another origin.
        guard origin == 0, (0...upload.count).contains(offset) else { return CURL_SEEKFUNC_FAIL }
        if isHanded {
            mayHaveArrived = true
            return CURL_SEEKFUNC_FAIL
        }
        handed = offset
        return CURL_SEEKFUNC_OK
    }

    /// Whether libcurl may send the request (again).
    private func mayTry() -> Bool {
        if isHanded { mayHaveArrived = true }
        tries += 1
        return !mayHaveArrived
    }

    /// Whether libcurl has taken a body to its last byte.
    ///
    /// A request without body only reads and may be repeated.
    private var isHanded: Bool { !upload.isEmpty && handed == upload.count }

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
