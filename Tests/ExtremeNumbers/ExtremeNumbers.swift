// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Numbers, and what looks like numbers, at and beyond the ends of what machines count with.
///
/// Whatever takes a number from outside is given all of them: it must answer with a value or a refusal, and the process
/// must go on.
package enum ExtremeNumbers {
    /// In JSON's grammar.
    package static let json = [
        "0", "-0", "-0.0", "1", "-1", "255", "65536", "2147483647", "2147483648", "-2147483649", "4294967296",
        "9007199254740993", "1767225600", "1767225600000", "1767225600000000", "1767225600000000000",
        "9223372036854775", "9223372036854776", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "18446744073709551616", "123456789012345678901234567890",
        "-123456789012345678901234567890", "0.5", "1e16", "1E+19", "-1e19", "1e308", "1e309", "-1e400", "1e-400",
        "1e100000", "1e-100000", "1e99999999999999999999", "4.9e-324", "0.1e1",
        "0.000000000000000000000000000000000000001",
    ]
    /// What some reader takes for a number, and others do not.
    package static let texts = [
        "", " ", "NaN", "nan", "inf", "-Infinity", "+1", "--1", "1.", ".5", "1e", "0x7fffffffffffffff", "1_000",
        "１２３", "٣", "1,000", "٩٢٢٣٣٧٢٠٣٦٨٥٤٧٧٥٨٠٧",
    ]
    /// All of them.
    package static let all = json + texts
}
