/// Why one setting's value was not taken. The loader adds the setting's name and where the value came from.
struct BadValue: Error, Equatable {
    enum Reason: Equatable {
        /// The value is not of the allowed kind or out of range; it is quoted.
        case notAllowed(shown: String)
        /// What is wrong, without the value: a verb phrase.
        case defect(String)
        /// Right, but for a later version.
        case notYet
    }

    let reason: Reason
    let line: Int
    let column: Int

    init(_ reason: Reason, at node: YAMLNode) {
        self.init(reason, line: node.line, column: node.column)
    }

    init(_ reason: Reason, line: Int, column: Int) {
        self.reason = reason
        self.line = line
        self.column = column
    }

    static func notAllowed(_ node: YAMLNode) -> BadValue {
        BadValue(.notAllowed(shown: Shown.value(node)), at: node)
    }

    static func defect(_ sentence: String, at node: YAMLNode) -> BadValue {
        BadValue(.defect(sentence), at: node)
    }
}
