// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// Renders the templates of workload.json over and over and prints how many renderings a second that makes.
// compare.py does the same with python-liquid and prints the ratio.
//
//   LiquidBenchmark WORKLOAD.json [--json]

import Events
import Foundation
import Liquid

/// Renderings of one template a second of processor time, which a neighbour's load hardly changes: the best of three runs.
func rate(_ template: LiquidTemplate, _ document: JSONDocument) throws -> Double {
    var best = 0.0
    for _ in 0..<3 {
        var count = 0
        let start = clock()
        while clock() - start < CLOCKS_PER_SEC / 5 {
            for _ in 0..<200 {
                let scope = LiquidScope(root: document.root, now: Timestamp(seconds: 1_768_451_400))
                guard try !template.render(scope).isEmpty else { throw CocoaError(.coderInvalidValue) }
            }
            count += 200
        }
        best = max(best, Double(count) * Double(CLOCKS_PER_SEC) / Double(clock() - start))
    }
    return best
}

guard CommandLine.arguments.count > 1 else {
    FileHandle.standardError.write(Data("usage: LiquidBenchmark WORKLOAD.json [--json]\n".utf8))
    exit(64)
}
let workload = try JSON(parsing: Array(Data(contentsOf: URL(filePath: CommandLine.arguments[1]))))
let document = try JSONDocument((workload["data"] ?? .null).encoded())
let isJSON = CommandLine.arguments.contains("--json")
for entry in workload["templates"]?.array ?? [] {
    let (name, source) = (entry["name"]?.string ?? "", entry["template"]?.string ?? "")
    let template = try LiquidTemplate(source)
    let rate = try rate(template, document)
    if isJSON {
        let output = try template.render(LiquidScope(root: document.root, now: Timestamp(seconds: 0)))
        let line: JSON = ["name": .string(name), "rate": .number(JSONNumber(Int(rate))), "output": .string(output)]
        print(line.text())
    } else {
        let microseconds = String(format: "%.2f", 1_000_000 / rate)
        print("\(name): \(Int(rate)) renderings/s, \(microseconds) µs each")
    }
}
