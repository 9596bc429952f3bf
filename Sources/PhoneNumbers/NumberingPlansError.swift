// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Why a file cannot be the numbering plans.
package enum NumberingPlansError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Some other file.
    case otherFile
    /// A version that this program does not know.
    case version(String)
    /// A header that lacks something.
    case header(String)
    /// The bytes that are there, and those that the header promises.
    case length(Int, Int)
    /// Bytes that are not those that were written.
    case checksum
    /// A place where the plans cannot be read.
    case damaged(byte: Int)
    /// Plans of so few countries that some are missing.
    case tooFew(Int)
    /// A pattern that is no regular expression.
    case pattern(String)
    /// Other plans are in use already.
    case inUse

    /// One sentence.
    package var description: String {
        switch self {
        case .otherFile: "this is no file of numbering plans; expected one that 'make numbering-plans' wrote"
        case .version(let version): "the file has the version '\(version)'; expected version 1"
        case .header(let wanted): "the file's header is incomplete; expected \(wanted)"
        case .length(let found, let wanted): "the file has \(found) bytes of plans; its header says \(wanted)"
        case .checksum: "the file is damaged: its checksum is another one; expected a file as it was written"
        case .damaged(let byte): "the file is damaged at byte \(byte)"
        case .tooFew(let count): "the file has the plans of \(count) countries only; expected those of the whole world"
        case .pattern(let pattern): "the file has a pattern that cannot be read: \(pattern.prefix(60))"
        case .inUse: "other numbering plans are in use already; they are chosen once, at the start"
        }
    }
}
