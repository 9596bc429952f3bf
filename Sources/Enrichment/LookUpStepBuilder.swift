// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

/// Turns ``EnrichmentStepSettings`` into a ``LookUpStep`` and collects what is wrong with them.
struct LookUpStepBuilder {
    private static let timeouts: ClosedRange<Duration> = .seconds(1) ... .seconds(120)

    private let settings: EnrichmentStepSettings
    private let keyPrefix: String
    private var mistakes: [EnrichmentMistakes.Mistake] = []

    init(_ settings: EnrichmentStepSettings, keyPrefix: String) {
        self.settings = settings
        self.keyPrefix = keyPrefix
    }

    mutating func build() throws(EnrichmentMistakes) -> LookUpStep {
        checkName()
        let hosts = hosts()
        let address = address(hosts)
        let headers = headers()
        let events = events()
        let timeout = duration("timeout", settings.timeout)
        if let timeout, !Self.timeouts.contains(timeout) {
            add("timeout", "'\(settings.timeout ?? "")' is out of range; expected from 1s to 120s")
        }
        let maxAge = duration("cache", settings.cache)
        guard mistakes.isEmpty, let address else { throw EnrichmentMistakes(mistakes: mistakes) }
        return LookUpStep(
            name: settings.name,
            address: address,
            headers: headers,
            events: events,
            timeout: timeout ?? LookUpStep.defaultTimeout,
            maxAge: maxAge
        )
    }

    private mutating func add(_ key: String, _ message: String) {
        mistakes.append(EnrichmentMistakes.Mistake(key: keyPrefix + key, message: message))
    }

    /// A name that Liquid can write behind a dot.
    private mutating func checkName() {
        guard let name = settings.name, name.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_]{0,63}/#) == nil else { return }
        add("name", "'\(name)' is no name; expected letters, digits and _, such as order")
    }

    private mutating func hosts() -> [HostPattern] {
        var hosts: [HostPattern] = []
        for (position, text) in settings.hosts.enumerated() {
            do throws(WebAddressError) {
                hosts.append(try HostPattern(text))
            } catch {
                add("hosts.\(position)", "'\(text)' \(error.reason)")
            }
        }
        return hosts
    }

    private mutating func address(_ hosts: [HostPattern]) -> AddressTemplate? {
        let address: AddressTemplate
        do throws(WebAddressError) {
            address = try AddressTemplate(settings.url, hosts: hosts)
        } catch {
            add("url", "\(error.reason); expected an address such as https://api.example.com/orders/{{ id }}")
            return nil
        }
        if let literal = address.literal {
            if !address.isLiteralAmongHosts, hosts.count == settings.hosts.count {
                add("hosts", "\(literal.host), the host in 'url', is not among them; expected it there, or no hosts")
            }
        } else if settings.hosts.isEmpty {
            add("hosts", "missing; the host does not stand literally in 'url', so say where it may lead")
        }
        return address
    }

    private mutating func headers() -> [HeaderTemplate] {
        var headers: [HeaderTemplate] = []
        var names: Set<String> = []
        for header in settings.headers {
            do throws(HeaderTemplate.Failure) {
                headers.append(try HeaderTemplate(header.name, header.value))
            } catch {
                add("headers.\(header.name)", error.reason)
            }
            if !names.insert(header.name.lowercased()).inserted {
                add("headers.\(header.name)", "is there twice; expected each header once")
            }
        }
        return headers
    }

    private mutating func events() -> [EventTypePattern] {
        for (position, text) in settings.events.enumerated() where text.isEmpty {
            add("events.\(position)", "is empty; expected an event type such as store/order/*")
        }
        return settings.events.map(EventTypePattern.init)
    }

    private mutating func duration(_ key: String, _ text: String?) -> Duration? {
        guard let text else { return nil }
        let duration = DurationText.parse(text)
        if duration == nil { add(key, "'\(text)' is not understood; expected \(DurationText.expectation)") }
        return duration
    }
}
