internal import Reconciliation

extension SeedGoals: Recordable {
    func write(to writer: inout RecordWriter) {
        Self.write(ratio, to: &writer) { $0.write($1) }
        Self.write(time, to: &writer) { $0.write($1) }
        Self.write(inactiveTime, to: &writer) { $0.write($1) }
        writer.write(then?.rawValue ?? "")
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(
            ratio: try Self.goal(&reader) { (reader) throws(RecordDamage) in try reader.readDouble() },
            time: try Self.goal(&reader) { (reader) throws(RecordDamage) in try reader.readSigned() },
            inactiveTime: try Self.goal(&reader) { (reader) throws(RecordDamage) in try reader.readSigned() })
        let word = try reader.readText()
        guard !word.isEmpty else { return }
        guard let consequence = Consequence(rawValue: word) else {
            throw RecordDamage(what: "holds an unknown word: \(word)")
        }
        then = consequence
    }

    private static func write<Value>(
        _ goal: Goal<Value>?, to writer: inout RecordWriter, _ value: (inout RecordWriter, Value) -> Void
    ) {
        switch goal {
        case nil: writer.write(UInt64(0))
        case .unlimited: writer.write(UInt64(1))
        case .at(let number):
            writer.write(UInt64(2))
            value(&writer, number)
        }
    }

    private static func goal<Value>(
        _ reader: inout RecordReader, _ value: (inout RecordReader) throws(RecordDamage) -> Value
    ) throws(RecordDamage) -> Goal<Value>? {
        switch try reader.readNumber() {
        case 0: nil
        case 1: .unlimited
        case 2: .at(try value(&reader))
        default: throw RecordDamage(what: "holds a goal of an unknown kind")
        }
    }
}
