// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import NIOConcurrencyHelpers
internal import TLS

/// The certificate that a listener shows, and what takes its place when its files are renewed.
///
/// Everything that can fail happens before anything live is touched, and the last good one goes on: nobody is turned away
/// because a file was half written, or a key came before its certificate.
final class CertificateKeeper: Sendable {
    /// What tells one state of the files from another: names are the same, what they lead to is not.
    struct Fingerprint: Hashable, Sendable {
        struct Entry: Hashable, Sendable {
            let inode: UInt64
            let size: Int64
            let seconds: Int
            let nanoseconds: Int
        }

        let entries: [Entry?]

        /// Looks at files, through symbolic links.
        init(_ paths: [String]) {
            entries = paths.map { path in
                var status = stat()
                guard stat(path, &status) == 0 else { return nil }
                return Entry(
                    inode: UInt64(status.st_ino),
                    size: Int64(status.st_size),
                    seconds: status.st_mtim.tv_sec,
                    nanoseconds: status.st_mtim.tv_nsec
                )
            }
        }
    }

    /// What a look at the files led to.
    enum Outcome: Hashable, Sendable {
        /// Nothing that was not told before.
        case nothingNew
        case taken(TLSCertificate)
        case refused(TLSError)
    }

    private struct State: Sendable {
        var identity: TLSIdentity
        var read: Fingerprint
        var seen: Fingerprint
        var refusal: TLSError?
    }

    let files: TLSFiles
    private let state: NIOLockedValueBox<State>

    /// Reads the files a first time; one that has ended is shown all the same, for there is no other.
    ///
    /// - Parameter files: Where they are.
    /// - Throws: `TLSError`.
    init(_ files: TLSFiles) throws(TLSError) {
        self.files = files
        // Before they are read: what changes from here on is noticed.
        let fingerprint = Fingerprint([files.certificate, files.key])
        let identity = try files.identity(Self.read)
        state = NIOLockedValueBox(State(identity: identity, read: fingerprint, seen: fingerprint))
    }

    /// Who new connections are told that we are.
    var identity: TLSIdentity { state.withLockedValue(\.identity) }

    /// Why the files, as they are now, are not what is shown; `nil` when they are.
    var refusal: TLSError? { state.withLockedValue(\.refusal) }

    /// Looks whether the files have changed, and takes what is in them if it can be served.
    ///
    /// A change counts once they look the same on two looks, so that they are not read while they are written. What was refused
    /// is tried again with each look: its time may come, and permissions leave no trace.
    ///
    /// - Parameters:
    ///   - now: What the time is.
    ///   - atOnce: Reads them whatever they look like.
    /// - Returns: What there is to tell.
    func look(at now: Timestamp, atOnce: Bool = false) -> Outcome {
        state.withLockedValue { state in
            let found = Fingerprint([files.certificate, files.key])
            defer { state.seen = found }
            let isDue = found == state.seen && (found != state.read || state.refusal != nil)
            return isDue || atOnce ? renew(&state, found, now) : .nothingNew
        }
    }

    private func renew(_ state: inout State, _ found: Fingerprint, _ now: Timestamp) -> Outcome {
        let before = (identity: state.identity.certificate, refusal: state.refusal)
        do throws(TLSError) {
            let identity = try files.identity(Self.read)
            if let doubt = identity.certificate.doubt(at: now), before.identity.doubt(at: now) == nil { throw doubt }
            state.identity = identity
            (state.read, state.refusal) = (found, nil)
            let isNew = identity.certificate != before.identity || before.refusal != nil
            return isNew ? .taken(identity.certificate) : .nothingNew
        } catch {
            state.refusal = error
            return error == before.refusal ? .nothingNew : .refused(error)
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map { Array($0) }
    }
}
