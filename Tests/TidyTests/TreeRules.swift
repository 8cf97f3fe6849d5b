/// The rules about files of all kinds, and about the tree as a whole.
enum TreeRules {
    static let widestLine = 110
    static let longestFile = 400

    /// What may lie at the top. Everything else has a better place.
    static let topLevel: Set = [
        ".ci", ".git", ".gitignore", ".swift-format", "LICENSE", "Package.resolved", "Package.swift",
        "README.md", "Sources", "Tests", "fixtures", "tools",
    ]

    // Written in two halves, or this file would break its own rules.
    private static let markers: Set = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]
    private static let foreignPlaces = [
        "/wo" + "rk/", "/tmp" + "/w/", "deb.deb" + "ian.org", "py" + "pi.org", "python" + "hosted.org",
        "crates" + ".io", "npm" + "js.org",
    ]

    /// Marks of unfinished work: do it, or leave it out.
    static func leftoverMarkers(_ file: Tree.File) -> [Finding] {
        findings(file) { line in
            let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
            return words.first { markers.contains(String($0)) }.map { "leftover marker \($0)" }
        }
    }

    /// Paths of the machine something was written on, and hosts that only its settings should name.
    static func foreignPlaces(_ file: Tree.File) -> [Finding] {
        findings(file) { line in
            for place in foreignPlaces {
                guard let range = line.firstRange(of: place) else { continue }
                let before = line[..<range.lowerBound].last
                // `…/downloads` + place is a path of somebody else's, not of this machine.
                if place.hasPrefix("/"), let before, before.isLetter || before.isNumber { continue }
                return "names \(place), which means nothing elsewhere"
            }
            return nil
        }
    }

    /// Lines too wide to read. One that consists of a long word (a hash, a magnet link) cannot be broken.
    static func wideLines(_ file: Tree.File) -> [Finding] {
        findings(file) { line in
            guard line.utf8.count > widestLine, line.count > widestLine else { return nil }
            guard line.split(separator: " ").allSatisfy({ $0.count <= 80 }) else { return nil }
            return "\(line.count) columns, at most \(widestLine)"
        }
    }

    static func longFile(_ file: Tree.File) -> [Finding] {
        let count = file.lines.count - (file.bytes.last == UInt8(ascii: "\n") ? 1 : 0)
        guard count > longestFile else { return [] }
        return [Finding(file: file.path, line: 0, message: "\(count) lines, at most \(longestFile)")]
    }

    static func strangers(atTop names: [String]) -> [Finding] {
        names.filter { !topLevel.contains($0) && $0 != ".build" && !$0.hasPrefix(".build-") }.map {
            Finding(file: $0, line: 0, message: "has no place at the top of the tree")
        }
    }

    /// Fixtures whose name, or that of a folder they lie in, stands in no test and no tool.
    ///
    /// - Parameters:
    ///   - fixtures: Paths below the root, all starting with `fixtures/`.
    ///   - readers: The texts of tests and tools.
    static func unreadFixtures(_ fixtures: [String], readers: [String]) -> [Finding] {
        var known: [String: Bool] = [:]
        func isNamed(_ name: String) -> Bool {
            if let answer = known[name] { return answer }
            let answer = readers.contains { $0.contains(name) }
            known[name] = answer
            return answer
        }
        return fixtures.compactMap { path in
            let parts = path.split(separator: "/").dropFirst().map(String.init)
            let folders = (1..<max(parts.count, 1)).flatMap { depth in
                // A folder counts when it is named as one: "valid", requests/valid or fixtures/requests.
                let whole = parts[..<depth].joined(separator: "/")
                return ["\"\(parts[depth - 1])\"", "fixtures/" + whole] + (depth > 1 ? [whole] : [])
            }
            if (folders + [parts.last ?? path]).contains(where: isNamed) { return nil }
            return Finding(file: path, line: 0, message: "no test and no tool names this fixture")
        }
    }

    private static func findings(_ file: Tree.File, _ judge: (Substring) -> String?) -> [Finding] {
        file.lines.enumerated().compactMap { number, line in
            judge(line).map { Finding(file: file.path, line: number + 1, message: $0) }
        }
    }
}
