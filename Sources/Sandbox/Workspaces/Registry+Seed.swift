// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import OrderedCollections
internal import PartnerAPI

extension Registry {
    /// What a sandbox begins with: one workspace, one key, one number, two contacts, three pictures.
    static func seed(_ settings: SandboxSettings) -> Registry {
        var registry = Registry()
        var workspace = Workspace(id: "ws_sandbox", name: "Sandbox", catalogue: settings.catalogue)
        if let number = try? PhoneNumberDigits("12025550100") {
            workspace.add(Workspace.SendingNumber(id: "pn_sandbox", phone: number, name: "Sandbox"), isActive: true)
        }
        for (id, name, phone) in [("ct_asha", "Asha Rao", "12025550101"), ("ct_ben", "Ben Ortiz", "12025550102")] {
            guard let phone = try? PhoneNumberDigits(phone) else { continue }
            workspace.add(Workspace.Contact(id: id, name: name, phone: phone))
        }
        registry.workspaces[workspace.id] = workspace
        registry.keys[settings.apiKey] = WorkspaceKey(
            id: settings.apiKey,
            secret: settings.apiSecret,
            label: "default",
            workspaceID: workspace.id,
            created: settings.clock.now
        )
        for picture in pictures {
            let bytes = Array(Data(base64Encoded: picture.png) ?? Data())
            registry.media.add(.init(id: picture.id, workspaceID: workspace.id, contentType: "image/png", bytes: bytes))
        }
        return registry
    }

    /// Colours that run into each other: a few pixels, which browsers draw large and smooth.
    private static let pictures: [(id: String, png: String)] = [
        (
            id: "1000000000000001",
            png:
                "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAFCAIAAAD38zoCAAAAiElEQVR42gF9AIL/AP+3ePysePmiePaXePSNefGCee54"
                + "eexuegDannjXlnjVjXjThXjRfXjPdHnMbHnKZHkAtYV4s394sXl4sHN4rmx4rGZ4q2B5qVp5AJBteI5peI1keIxgeItc"
                + "eIpYeIlUeIhQeABrVHhqUnhpUHhpTnhoTHhoSnhnSHhnRng6yT+KxbwcLwAAAABJRU5ErkJggg=="
        ),
        (
            id: "1000000000000002",
            png:
                "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAFCAIAAAD38zoCAAAAiElEQVR42gF9AIL/AHjN3HPD3G+63Gux3Gan3GKe3F6V"
                + "3FqM3ABksMJgqMJdocJZmcJWksJSisJPg8JMfMIAUJOoTY2oSoeoSIKoRXyoQ3eoQHGoPmyoADx2jjpyjjhujjZqjjVn"
                + "jjNjjjFfjjBcjgAoWXQnV3QmVXQlU3QkUXQjT3QiTXQiTHT5vzknwOjmqQAAAABJRU5ErkJggg=="
        ),
        (
            id: "1000000000000003",
            png:
                "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAFCAIAAAD38zoCAAAAiElEQVR42gF9AIL/AMjhgrjagKjUf5jNfYnHfHnAemm6"
                + "eVq0eACkxHiXvnaKuXV+tHRxr3NlqnJYpXFMoHAAgKdudqNtbZ9sY5trWpdqUJNpR49oPoxoAFyKZFWHY0+EYkmCYkJ/"
                + "YTx9YTZ6YDB4YAA4bVo0a1kxalkuaVkrZ1goZlglZVgiZFhv+zdgAZb3bQAAAABJRU5ErkJggg=="
        ),
    ]
}
