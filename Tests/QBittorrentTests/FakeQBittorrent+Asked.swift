import HTTP

@testable import QBittorrent

extension FakeQBittorrent {
    /// A request as the tests count it.
    struct Asked: Sendable {
        let path: String
        let fields: [String: String]
        let fileNames: [String]
        let cookie: String?
        let isMutating: Bool
        let isPost: Bool
    }
}

extension FakeQBittorrent.Asked {
    init(_ request: HTTPRequest) {
        let target = request.url.split(separator: "/api/v2/").last.map(String.init) ?? ""
        let parts = target.split(separator: "?", maxSplits: 1)
        // Hashes and words alone: nothing in them is encoded.
        var pairs = (parts.count > 1 ? parts[1] : "").split(separator: "&").compactMap { pair in
            let words = pair.split(separator: "=", maxSplits: 1).map(String.init)
            return words.count == 2 ? (name: words[0], value: words[1]) : nil
        }
        var names: [String] = []
        switch request.body {
        case .none: break
        case .form(let fields): pairs = fields
        case .multipart(let parts):
            for part in parts {
                if let name = part.fileName {
                    names.append(name)
                } else {
                    pairs.append((part.name, String(decoding: part.bytes, as: UTF8.self)))
                }
            }
        }
        path = parts.first.map(String.init) ?? ""
        fields = Dictionary(pairs.map { ($0.name, $0.value) }) { $1 }
        fileNames = names
        cookie = request.cookie
        isMutating = request.isMutating
        isPost = request.method == .post
    }
}
