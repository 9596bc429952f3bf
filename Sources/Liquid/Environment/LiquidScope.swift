// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import Events
public import Foundation

/// The values that a template can name: the members of a root object and, above them, named variables.
public struct LiquidScope: Sendable {
    /// What does not depend on names: in an object of its own, so that a scope is passed on cheaply.
    private final class Surroundings: Sendable {
        let now: Timestamp
        let timeZone: TimeZone
        let locale: Locale?
        let conventions: DataConventions

        init(_ now: Timestamp, _ timeZone: TimeZone, _ locale: Locale?, _ conventions: DataConventions) {
            self.now = now
            self.timeZone = timeZone
            self.locale = locale
            self.conventions = conventions
        }
    }

    /// The object whose members stand at the root; read on demand, never decoded as a whole.
    public let root: JSONNode?
    /// Values by name; they hide root members of the same name.
    public private(set) var variables: [String: LiquidValue]
    /// How many elements a list really has of which a variable holds the first ones alone, by the variable's name.
    private(set) var sizes: [String: Int] = [:]
    private let surroundings: Surroundings
    /// What all renderings with this scope may use together; nothing but each one's limits if left out.
    public var budget: LiquidBudget?

    /// A scope.
    ///
    /// - Parameters:
    ///   - root: The payload; anything but an object has no names at the root.
    ///   - variables: Values by name, above the root's members.
    ///   - now: What `now` means.
    ///   - timeZone: UTC if left out.
    ///   - locale: For `money`; each currency has its customary one if left out.
    ///   - conventions: How the root's writer writes amounts, empty fields and times; nothing special if left out.
    public init(
        root: JSONNode?,
        variables: [String: LiquidValue] = [:],
        now: Timestamp,
        timeZone: TimeZone = .gmt,
        locale: Locale? = nil,
        conventions: DataConventions = .standard
    ) {
        self.root = root
        self.variables = variables
        surroundings = Surroundings(now, timeZone, locale, conventions)
    }

    /// What `now` and `today` mean.
    public var now: Timestamp { surroundings.now }
    /// The zone in which points in time without a zone are read and printed.
    public var timeZone: TimeZone { surroundings.timeZone }
    /// The language and region for what depends on them, where a filter has no argument for it; the currency's own
    /// locale where absent.
    public var locale: Locale? { surroundings.locale }
    /// How the root's writer writes amounts, empty fields and times.
    public var conventions: DataConventions { surroundings.conventions }

    /// The same scope with one more variable.
    ///
    /// - Parameters:
    ///   - name: Its name; a variable of that name is replaced.
    ///   - value: Its value.
    /// - Returns: The new scope.
    public func adding(_ name: String, _ value: LiquidValue) -> LiquidScope {
        var scope = self
        scope.variables[name] = value
        if !sizes.isEmpty { scope.sizes[name] = nil }
        return scope
    }

    /// The same scope with one more variable: a list of which only the first elements are there.
    ///
    /// - Parameters:
    ///   - name: Its name; a variable of that name is replaced.
    ///   - elements: The elements that are there.
    ///   - size: How many there are in truth: what `name.size` gives.
    /// - Returns: The new scope.
    public func adding(_ name: String, _ elements: [LiquidValue], size: Int) -> LiquidScope {
        var scope = adding(name, .array(elements))
        if size != elements.count { scope.sizes[name] = size }
        return scope
    }

    /// The value of a name; `nil` when neither a variable nor a root member has it.
    ///
    /// - Parameter name: The first step of a path.
    /// - Returns: The variable, else the root's member.
    public func value(of name: String) -> LiquidValue? {
        if let value = variable(name) { return value }
        return root?[name].map(LiquidValue.init)
    }

    /// Whether a variable has that name.
    func hasVariable(_ name: String) -> Bool { variable(name) != nil }

    /// The variable of that name; a look-up by hash is spared where there are few, as for most events.
    private func variable(_ name: String) -> LiquidValue? {
        guard variables.count <= 2 else { return variables[name] }
        for (known, value) in variables where known == name { return value }
        return nil
    }
}
