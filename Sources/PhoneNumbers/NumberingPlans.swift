// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CPhoneNumber

/// The world's numbering plans as a file: which numbers each country has given out, on some day.
///
/// `make numbering-plans` writes such a file. One is built in; another can take its place until the first number is
/// read, and stays until the process ends, because libphonenumber reads its plans once.
package struct NumberingPlans: Hashable, Sendable {
    /// The day of the plans.
    package let day: PlanDay
    /// Where they come from, such as `phonenumbers 9.0.43`.
    package let source: String
    /// How many countries have a plan, numbers of no country such as +800 among them.
    package let count: Int
    /// The whole file.
    private let file: [UInt8]
    /// Where its parts end.
    private let header: NumberingPlansHeader

    /// Reads a file and looks whether it is whole.
    ///
    /// - Parameter file: The file's bytes.
    /// - Throws: ``NumberingPlansError``: another file, another version, damage, too few countries, or a pattern that
    ///   cannot be read.
    package init(_ file: [UInt8]) throws(NumberingPlansError) {
        let header = try NumberingPlansHeader(file)
        let body = file[header.end...]
        guard body.count == header.whole + header.short else { throw .length(body.count, header.whole + header.short) }
        guard CRC32.of(body) == header.checksum else { throw .checksum }
        let whole = try PlanCollection(file[header.end..<(header.end + header.whole)])
        let short = try PlanCollection(file[(header.end + header.whole)...])
        guard whole.regions.count >= Self.leastCount else { throw .tooFew(whole.regions.count) }
        if let pattern = whole.patterns.union(short.patterns).first(where: { !PlanPattern.canBeRead($0) }) {
            throw .pattern(pattern)
        }
        day = header.day
        source = header.source
        count = whole.regions.count
        self.file = file
        self.header = header
    }

    /// Fewer countries than the world has: a file that lost some would refuse all of their numbers.
    private static let leastCount = 240

    /// Makes these the plans that every number is read with, until the process ends.
    ///
    /// - Throws: ``NumberingPlansError/inUse`` when numbers may have been read with other plans already.
    package func use() throws(NumberingPlansError) {
        let isTaken = unsafe file.withUnsafeBufferPointer { bytes in
            unsafe cphone_use_plans(bytes.baseAddress, header.end, header.whole, header.short) == 1
        }
        guard isTaken || Self.inUse.file == file else { throw .inUse }
    }

    /// The plans that numbers are read with: those that ``use()`` was called with, else the built-in ones.
    package static let inUse: PlansInUse = {
        var length = 0
        if let file = unsafe cphone_plans_in_use(&length) {
            return unsafe PlansInUse(Array(UnsafeBufferPointer(start: file, count: length)), isBuiltIn: false)
        }
        let builtIn = Self.builtInFile
        guard let header = try? NumberingPlansHeader(builtIn) else {
            preconditionFailure("the built-in numbering plans have a header: a test reads them")
        }
        let isTaken = unsafe builtIn.withUnsafeBufferPointer { bytes in
            unsafe cphone_use_plans(bytes.baseAddress, header.end, header.whole, header.short) == 1
        }
        guard !isTaken, let file = unsafe cphone_plans_in_use(&length) else {
            return PlansInUse(builtIn, isBuiltIn: true)
        }
        // Another thread was faster with plans of its own.
        return unsafe PlansInUse(Array(UnsafeBufferPointer(start: file, count: length)), isBuiltIn: false)
    }()

    /// The day of the plans that are built in; puts none into use.
    package static let builtInDay: PlanDay = {
        guard let header = try? NumberingPlansHeader(builtInFile) else {
            preconditionFailure("the built-in numbering plans have a header: a test reads them")
        }
        return header.day
    }()

    /// The file that was built in.
    static var builtInFile: [UInt8] {
        var length = 0
        let file = unsafe cphone_built_in_plans(&length)
        return unsafe Array(UnsafeBufferPointer(start: file, count: length))
    }
}

/// The numbering plans that numbers are read with.
package struct PlansInUse: Hashable, Sendable {
    /// The day of the plans.
    package let day: PlanDay
    /// Where they come from, such as `phonenumbers 9.0.43`.
    package let source: String
    /// Whether they are those of the program, not of a file.
    package let isBuiltIn: Bool
    fileprivate let file: [UInt8]

    fileprivate init(_ file: [UInt8], isBuiltIn: Bool) {
        guard let header = try? NumberingPlansHeader(file) else {
            preconditionFailure("plans are in use only after their header was read")
        }
        day = header.day
        source = header.source
        self.isBuiltIn = isBuiltIn
        self.file = file
    }

    /// What each country's plan says; none where the file, which was checked before, cannot be read after all.
    var plans: [PlanSource] {
        guard let header = try? NumberingPlansHeader(file), header.end + header.whole <= file.count else { return [] }
        return (try? PlanSource.all(in: file[header.end..<(header.end + header.whole)])) ?? []
    }

    /// Such as `numbering plans of 2026-11-06`.
    package var summary: String { "numbering plans of \(day)" }
}
