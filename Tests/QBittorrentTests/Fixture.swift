import Glibc
import HTTP
import Testing

@testable import QBittorrent

/// A recorded exchange with a real server: `fixtures/qbittorrent/VERSION/NAME.http`.
struct Fixture {
    static let versions = ["4.2.5", "4.5.2", "5.1.0", "5.3.0"]
    /// Those with the larger set of recordings.
    static let mainVersions = ["4.5.2", "5.3.0"]

    let response: HTTPResponse

    init(_ version: String, _ name: String) throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let bytes = try Self.contents(of: "/\(root)/fixtures/qbittorrent/\(version)/\(name).http")
        let mark = Array("\n----\n".utf8)
        let start = try #require(bytes.firstRange(of: mark)?.upperBound)
        let answer = Array(bytes[start...])
        let end = try #require(answer.firstRange(of: [10, 10]))
        let lines = String(decoding: answer[..<end.lowerBound], as: UTF8.self).split(separator: "\n")
        let words = lines[0].split(separator: " ")
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
        // The recorded length is that of the answer before paths and keys in it were replaced.
        var body = Array(answer[end.upperBound...])
        while body.last == 10 { body.removeLast() }
        response = HTTPResponse(
            status: try #require(Int(words[1])), headers: headers,
            body: body)
    }

    static func contents(of path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Missing(path: path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    struct Missing: Error {
        let path: String
    }
}
