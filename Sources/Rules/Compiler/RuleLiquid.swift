// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Liquid
import PhoneNumbers

/// The Liquid of rule files: the standard filters and those that need a library of their own.
enum RuleLiquid {
    /// Strict, with default limits.
    static let environment: LiquidEnvironment = {
        var environment = LiquidEnvironment.standard
        environment.register("phone", arguments: 0...1) { input, arguments, _ throws(LiquidError) in
            // As in `to`: an event that states no country, or false for none, leaves the number without one.
            let country = arguments[0].flatMap { $0.isTruthy ? $0.string : nil }
            do throws(PhoneNumberError) {
                return .string(try PhoneNumber(input.string, country: country).digits)
            } catch {
                // A country that nobody knows is wrong whatever the number is.
                if error.code == .unknownCountry { throw .argument(error.description, position: 0) }
                throw .argument(error.description)
            }
        }
        return environment
    }()
}

extension RuleFolder {
    /// The Liquid that rule files are written in, for trying an expression outside of one.
    package static var liquid: LiquidEnvironment { RuleLiquid.environment }
}
