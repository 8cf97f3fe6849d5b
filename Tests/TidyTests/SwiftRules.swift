/// The rules about Swift code that a machine can check.
enum SwiftRules {
    /// The longest a function may get; 40 is where to think about it.
    static let longestFunction = 60

    /// Crashes where an error was possible. A case that cannot fail says so: `// proven: …`.
    static func crashes(_ source: SwiftSource) -> [Finding] {
        source.findings { index in
            let (before, token, after) = (source[index - 1], source[index], source[index + 1])
            guard token.text == "!", token.isGlued, !(after.text == "=" && after.isGlued) else { return nil }
            if before.text == "try" || before.text == "as" {
                return "`\(before.text)!` crashes: throw or decide"
            }
            guard before.isWord || [")", "]", "}", "?", ">", "\""].contains(before.text) else { return nil }
            return source.isProven(token.line) ? nil : "force unwrap: handle nil, or say `// proven: why`"
        }
    }

    /// Errors that vanish.
    static func swallowedErrors(_ source: SwiftSource) -> [Finding] {
        source.findings { index in
            if source.reads("try", "?", at: index), source[index + 1].isGlued {
                return "`try?` drops the reason: catch the error and decide"
            }
            guard source[index].text == "catch", let body = source.body(after: index) else { return nil }
            return source[body + 1].text == "}" ? "an empty catch drops the reason" : nil
        }
    }

    static func printing(_ source: SwiftSource) -> [Finding] {
        source.findings { index in
            guard ["print", "debugPrint", "dump"].contains(source[index].text),
                source.reads("(", at: index + 1), source[index + 1].isGlued,
                source[index - 1].text != "func",
                source[index - 1].text != "." || source[index - 2].text == "Swift"
            else { return nil }
            return "`\(source[index].text)` belongs to the command line alone"
        }
    }

    /// Full Foundation and its companions; FoundationEssentials is small and allowed.
    static func foundation(_ source: SwiftSource) -> [Finding] {
        source.imports.compactMap { line, module in
            guard module.hasPrefix("Foundation"), module != "FoundationEssentials" else { return nil }
            return Finding(file: source.path, line: line, message: "`import \(module)`: not used here")
        }
    }

    /// The core decides: it imports one module, reads no clock, waits for nothing and draws no lots.
    static func impureCore(_ source: SwiftSource) -> [Finding] {
        let imports = source.imports.filter { $0.module != "Metainfo" }.map { line, module in
            Finding(file: source.path, line: line, message: "the core does not import \(module)")
        }
        return imports
            + source.findings { index in
                let text = source[index].text
                switch text {
                case "ContinuousClock", "SuspendingClock":
                    return "the core reads no clock: take the instant as an argument"
                case "Date" where source.reads("(", ")", at: index + 1):
                    return "the core reads no clock: take the instant as an argument"
                case "async", "await":
                    return "the core waits for nothing"
                case "random", "randomElement", "shuffle", "shuffled":
                    guard source[index - 1].text == ".", source[index + 1].text == "(" else { return nil }
                    let arguments = source.tokens[index + 1..<source.closing(index + 1)]
                    return arguments.contains { $0.text == "using" } ? nil : "`.\(text)` without a generator"
                default: return nil
                }
            }
    }

    /// Calls that could delete data, and makers of the leave to do so.
    static func deletedData(_ source: SwiftSource) -> [Finding] {
        source.lines.enumerated().compactMap { index, line in
            let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
            let isMade =
                ["DataPermit(", "DataWarrant(", "DataPermit.init", "DataWarrant.init"].contains {
                    code.contains($0)
                } && !source.path.hasSuffix("/DataWarrant.swift")
            if isMade {
                return Finding(file: source.path, line: index + 1, message: "only its own file makes one")
            }
            guard code.contains("deleteFiles"), !code.contains("(\"deleteFiles\", \"false\")") else {
                return nil
            }
            return Finding(
                file: source.path, line: index + 1, message: "`deleteFiles` is the constant false here")
        }
    }

    static func longFunctions(_ source: SwiftSource) -> [Finding] {
        source.tokens.indices.compactMap { index in
            let token = source[index]
            guard ["func", "init", "deinit", "subscript"].contains(token.text), source[index - 1].text != ".",
                token.text == "func" || token.text == "deinit" || "(<?!".contains(source[index + 1].text),
                let body = source.body(after: index)
            else { return nil }
            let length = source[min(source.closing(body), source.tokens.count - 1)].line - token.line + 1
            guard length > longestFunction else { return nil }
            let name = token.text == "func" ? source[index + 1].text : token.text
            let message = "`\(name)` has \(length) lines, at most \(longestFunction)"
            return Finding(file: source.path, line: token.line, message: message)
        }
    }
}

extension SwiftSource {
    /// Asks about every token in turn; a sentence is a finding.
    fileprivate func findings(_ judge: (Int) -> String?) -> [Finding] {
        tokens.indices.compactMap { index in
            judge(index).map { Finding(file: path, line: tokens[index].line, message: $0) }
        }
    }

    /// What is imported, and on which line.
    fileprivate var imports: [(line: Int, module: String)] {
        let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        return tokens.indices.compactMap { index in
            guard self[index].text == "import", self[index + 1].isWord, self[index - 1].text != "." else {
                return nil
            }
            let module = kinds.contains(self[index + 1].text) ? self[index + 2] : self[index + 1]
            return module.line == self[index].line ? (module.line, module.text) : nil
        }
    }

    /// The brace that opens the body of the declaration or `catch` at `index`; `nil` where there is none, as
    /// in a protocol.
    fileprivate func body(after index: Int) -> Int? {
        let others: Set = [
            "}", "func", "init", "deinit", "subscript", "var", "let", "case", "static", "public", "package",
            "internal", "private", "fileprivate", "mutating", "associatedtype", "typealias", "struct",
            "class",
            "enum", "actor", "protocol", "extension",
        ]
        let isCatch = self[index].text == "catch"
        var next = index + 1
        while next < tokens.count {
            switch tokens[next].text {
            case "{": return next
            case "(", "[": next = closing(next)
            // `catch let error as …` binds a name before its body.
            case let text where others.contains(text) && !(isCatch && text != "}"): return nil
            default: break
            }
            next += 1
        }
        return nil
    }
}
