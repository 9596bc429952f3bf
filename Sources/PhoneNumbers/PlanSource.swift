// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CPhoneNumber

/// One country's plan as it stands in the file: `PhoneMetadata` of phonemetadata.proto.
struct PlanSource: Sendable {
    /// The numbers of one kind: `PhoneNumberDesc`.
    struct Kind: Sendable {
        var pattern: String?
        /// A bit for each possible number of digits.
        var lengths: UInt64 = 0
        /// The same of numbers that are dialled within an area alone.
        var localLengths: UInt64 = 0
    }

    private(set) var code = ""
    private(set) var callingCode = 0
    private(set) var isMain = false
    private(set) var hasTransformRule = false
    private(set) var nationalPrefix: String?
    private(set) var exitCode: String?
    private(set) var leadingDigits: String?
    /// By the number of their field.
    private(set) var kinds: [Int: Kind] = [:]

    static let general = 1
    static let landline = 2
    static let mobile = 3
    /// Toll-free and the like, in the order in which libphonenumber asks for them.
    static let services = [5, 4, 6, 8, 7, 21, 25, 28]

    /// Reads all plans of a file that was checked before.
    ///
    /// - Parameter bytes: The part with the plans of whole numbers.
    /// - Returns: The plans in their order in the file.
    /// - Throws: ``NumberingPlansError`` where it is damaged.
    static func all(in bytes: ArraySlice<UInt8>) throws(NumberingPlansError) -> [PlanSource] {
        var reader = WireReader(bytes)
        var plans: [PlanSource] = []
        while let field = try reader.next() {
            guard let chunk = field.chunk else { continue }
            plans.append(try PlanSource(chunk))
        }
        return plans
    }

    private init(_ plan: ArraySlice<UInt8>) throws(NumberingPlansError) {
        var reader = WireReader(plan)
        while let field = try reader.next() {
            let text = field.chunk.map { String(decoding: $0, as: UTF8.self) }
            switch field.number {
            case 9: code = text ?? ""
            case 10: callingCode = Int(clamping: field.value)
            case 11: exitCode = text
            case 15: nationalPrefix = text
            case 16: hasTransformRule = text?.isEmpty == false
            case 22: isMain = field.value != 0
            case 23: leadingDigits = text
            default:
                guard let chunk = field.chunk, Self.isKind(field.number) else { continue }
                kinds[field.number] = try Self.kind(chunk)
            }
        }
    }

    private static func isKind(_ field: Int) -> Bool {
        field == general || field == landline || field == mobile || services.contains(field)
    }

    private static func kind(_ description: ArraySlice<UInt8>) throws(NumberingPlansError) -> Kind {
        var reader = WireReader(description)
        var kind = Kind()
        while let field = try reader.next() {
            switch field.number {
            case 2: kind.pattern = field.chunk.map { String(decoding: $0, as: UTF8.self) }
            // -1 says that there are no numbers of the kind; it sets a bit that no number of digits has.
            case 9: kind.lengths |= 1 << min(field.value, 63)
            case 10: kind.localLengths |= 1 << min(field.value, 63)
            default: break
            }
        }
        return kind
    }

    /// What libphonenumber calls the numbers of a field.
    static func type(_ field: Int) -> Int32 {
        let types: [Int: Int] = [
            landline: CPHONE_FIXED_LINE, mobile: CPHONE_MOBILE, 4: CPHONE_TOLL_FREE, 5: CPHONE_PREMIUM_RATE,
            6: CPHONE_SHARED_COST, 7: CPHONE_PERSONAL_NUMBER, 8: CPHONE_VOIP, 21: CPHONE_PAGER, 25: CPHONE_UAN,
            28: CPHONE_VOICEMAIL,
        ]
        return Int32(types[field] ?? CPHONE_UNKNOWN)
    }
}
