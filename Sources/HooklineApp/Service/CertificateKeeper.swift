// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import NIOConcurrencyHelpers
internal import ServiceConfiguration
internal import TLS

/// The certificate that a listener shows, and what takes its place when its files are renewed.
///
/// Everything that can fail happens before anything live is touched, and the last good one goes on: nobody is turned away
/// because a file was half written, or a key came before its certificate.
final class CertificateKeeper: Sendable {
    /// What tells one state of the files from another: names are the same, what they lead to is not.
    ///
    /// It asks when the file last changed in any way (`ctime`), which programs cannot set: one that copies a file with its time of
    /// writing (`cp -p`, `tar`, `rsync -t`) onto another leaves that as it likes. Inodes are those of one device.
    struct Fingerprint: Hashable, Sendable {
        struct Entry: Hashable, Sendable {
            let device: UInt64
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
                    device: UInt64(status.st_dev),
                    inode: UInt64(status.st_ino),
                    size: Int64(status.st_size),
                    seconds: status.st_ctim.tv_sec,
                    nanoseconds: status.st_ctim.tv_nsec
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

    private struct Shown: Sendable {
        var identity: TLSIdentity
        var refusal: TLSError?
    }

    /// What the files looked like when they were read, and on the last look.
    private struct Looks: Sendable {
        var read: Fingerprint
        var seen: Fingerprint
    }

    let files: TLSFiles
    private let readFile: @Sendable (String) -> [UInt8]?
    /// One look at a time; files are read under it.
    private let turn: NIOLockedValueBox<Looks>
    /// Nothing is read or reckoned under it: event loops take it for each connection.
    private let shown: NIOLockedValueBox<Shown>

    /// Reads the files a first time; one that has ended is shown all the same, for there is no other.
    ///
    /// - Parameters:
    ///   - files: Where they are.
    ///   - readFile: A file's content; `nil` when it cannot be read.
    /// - Throws: `TLSError`.
    init(
        _ files: TLSFiles,
        readFile: @escaping @Sendable (String) -> [UInt8]? = SettingsEnvironment.process.readFile
    ) throws(TLSError) {
        self.files = files
        self.readFile = readFile
        // Before they are read: what changes from here on is noticed.
        let fingerprint = Fingerprint([files.certificate, files.key])
        shown = NIOLockedValueBox(Shown(identity: try files.identity(readFile)))
        turn = NIOLockedValueBox(Looks(read: fingerprint, seen: fingerprint))
    }

    /// Who new connections are told that we are.
    var identity: TLSIdentity { shown.withLockedValue(\.identity) }

    /// Why the files, as they are now, are not what is shown; `nil` when they are.
    var refusal: TLSError? { shown.withLockedValue(\.refusal) }

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
        turn.withLockedValue { looks in
            let found = Fingerprint([files.certificate, files.key])
            defer { looks.seen = found }
            let isDue = found == looks.seen && (found != looks.read || refusal != nil)
            return isDue || atOnce ? renew(&looks, found, now) : .nothingNew
        }
    }

    private func renew(_ looks: inout Looks, _ found: Fingerprint, _ now: Timestamp) -> Outcome {
        let before = shown.withLockedValue { $0 }
        let old = before.identity.certificate
        do throws(TLSError) {
            let identity = try files.identity(readFile)
            if let doubt = identity.certificate.doubt(at: now), old.doubt(at: now) == nil { throw doubt }
            shown.withLockedValue { $0 = Shown(identity: identity) }
            looks.read = found
            let isNew = identity.certificate != old || before.refusal != nil
            return isNew ? .taken(identity.certificate) : .nothingNew
        } catch {
            shown.withLockedValue { $0.refusal = error }
            return error == before.refusal ? .nothingNew : .refused(error)
        }
    }
}
