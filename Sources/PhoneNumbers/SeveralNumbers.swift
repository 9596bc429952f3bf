// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Tells a text with two numbers, such as `98450 61237 / 98450 61238`, from one number with a mark in it.
enum SeveralNumbers {
    /// Fewer digits are no number of their own.
    private static let leastDigits = 7
    /// A slash behind at most so many digits, exit code aside, divides an area code from its number: `+49 151/23456789`.
    private static let mostAreaDigits = 6

    /// What stands between two numbers.
    ///
    /// - Parameter scalars: A text without invisible characters and without separators at its ends.
    /// - Returns: The first character that cannot be within one number; `nil` where the text is one number, or none.
    static func separator(in scalars: [Unicode.Scalar]) -> Unicode.Scalar? {
        let pieces = pieces(of: scalars)
        guard pieces.count > 1 else { return nil }
        if let slash = pieces.dropFirst().first(where: { $0.mark == "/" }) { return slash.mark }
        return pieces.count(where: \.isNumber) > 1 ? pieces[1].mark : nil
    }

    /// The parts that are long enough to be a number.
    static func parts(of scalars: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
        pieces(of: scalars).filter(\.isNumber).map(\.scalars)
    }

    /// A part of a text, and the character that parts it from the one before.
    private struct Piece {
        let mark: Unicode.Scalar?
        var scalars: ArraySlice<Unicode.Scalar>
        var digits = 0
        /// Zeros that stand before any other digit.
        var zeros = 0

        var isNumber: Bool { digits >= SeveralNumbers.leastDigits }
    }

    private static func pieces(of scalars: [Unicode.Scalar]) -> [Piece] {
        var pieces = [Piece(mark: nil, scalars: scalars[0..<0])]
        for (position, scalar) in scalars.enumerated() {
            let piece = pieces[pieces.count - 1]
            if parts(scalar, behind: piece) {
                // A plus is the first character of what it begins; anything else belongs to no number.
                let start = scalar.isPlus ? position : position + 1
                pieces.append(Piece(mark: scalar, scalars: scalars[start..<(position + 1)]))
                continue
            }
            let isJunk = piece.digits == 0 && scalar.phoneDigit == nil && !scalar.isPlus && scalar != "("
            pieces[pieces.count - 1].scalars =
                isJunk ? scalars[(position + 1)..<(position + 1)] : scalars[piece.scalars.startIndex...position]
            guard let digit = scalar.phoneDigit else { continue }
            if digit == "0", piece.digits == piece.zeros { pieces[pieces.count - 1].zeros += 1 }
            pieces[pieces.count - 1].digits += 1
        }
        return pieces
    }

    /// Whether a character cannot be within the number that stands before it.
    private static func parts(_ scalar: Unicode.Scalar, behind piece: Piece) -> Bool {
        guard piece.digits > 0 else { return false }
        if scalar == "/" || scalar == "\u{FF0F}" {
            return piece.digits - (piece.zeros == 2 ? 2 : 0) > mostAreaDigits
        }
        if scalar.endsLine { return piece.isNumber }
        return scalar.phoneDigit == nil && !scalar.isPhoneSeparator
    }
}
