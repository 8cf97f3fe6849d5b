import JSON
import Reconciliation
import Testing

@testable import Spool

/// The forms that the table of keys promises are those that the decoder takes: whatever is generated from the
/// table tells the truth.
@Suite("Forms of values")
struct ValueFormTests {
    private static let decoder = RequestDecoder(
        settings: SpoolSettings(directory: "/nowhere", knownClients: ["default", "seedbox"]))

    static let keys = RequestKey.known.compactMap { $0.value.form == nil ? nil : $0.key }.sorted()

    @Test("A key takes what its form says and nothing else", arguments: keys)
    func agrees(key: String) throws {
        let form = try #require(RequestKey.known[key]?.form)
        let samples = Samples(form)
        #expect(!samples.taken.isEmpty && !samples.refused.isEmpty)
        for value in samples.taken {
            let problem = try Self.problem(key, value)
            #expect(problem == nil, "\(key): \(value)")
        }
        for value in samples.refused {
            #expect(try Self.problem(key, value) != nil, "\(key): \(value)")
        }
    }

    @Test("Every field has a key of its own, and every member an object")
    func complete() {
        for field in RequestField.ofRequest { #expect(RequestKey.known[field.rawValue] == .field(field)) }
        for field in RequestField.allCases {
            guard let parent = field.parent else { continue }
            #expect(field.rawValue == parent.rawValue + "." + field.name)
            #expect(parent.members.contains(field) || parent == .labels)
        }
        #expect(RequestField.ofRequest.count == 29)
    }

    private static func problem(_ key: String, _ value: String) throws -> Problem? {
        let source = RequestKey.known[key]?.field == .source ? "" : #""source": "\#(TestSpool.magnet)", "#
        let bytes = Array("{\(source)\"\(key)\": \(value)}".utf8)
        switch decoder.decode(try JSONReader.document(bytes), in: bytes) {
        case .success: return nil
        case .failure(let problem): return problem
        }
    }
}

/// Values that a form takes, and some that it does not, as JSON.
private struct Samples {
    var taken: [String]
    var refused: [String]

    init(_ taken: [String], not refused: [String]) {
        self.taken = taken
        self.refused = refused
    }

    init(_ form: ValueForm) {
        switch form {
        case .flag: self.init(["true", "false"], not: ["1", #""true""#, "null", "[]"])
        case .text: self.init([#""seedbox""#], not: ["1", #""""#, "null", "[]"])
        case .words(let words, let inAnyCase): self.init(words, inAnyCase)
        case .texts: self.init(["[]", #"["a"]"#], not: [#""a""#, "1", "[1]", "null"])
        case .tags: self.init(["[]", #"["a"]"#, #""a, b""#], not: ["1", "[1]", "null", "{}"])
        case .sources:
            let list = { (count: Int) in
                "[" + Array(repeating: "\"\(TestSpool.hash)\"", count: count).joined(separator: ",") + "]"
            }
            self.init(
                ["\"\(TestSpool.magnet)\"", list(1), list(SourceRules.most)],
                not: ["1", "null", list(0), list(SourceRules.most + 1), "[1]"])
        case .path: self.init([#""/data""#], not: [#""data""#, "1", "null", #""""#])
        case .speed:
            self.init(
                ["0", "1024", "2147483647", #""2 MiB/s""#],
                not: ["-1", "2147483648", "1.5", #""2""#, "true", "null"])
        case .speedText: self.init([#""2 MiB/s""#], not: ["1024", #""2""#, "true", "null"])
        case .ratio: self.init(["0", "1.5", "9999"], not: ["-1", "-0.5", "9999.5", #""1""#, "null"])
        case .duration:
            self.init([#""7d""#, #""1d 12h""#, #""2 days""#], not: [#""7""#, #""7M""#, "7", "true", "null"])
        case .minutes:
            self.init(
                ["0", "90", "525600", #""7d""#],
                not: ["-1", "525601", "1.5", #""7""#, #""90s""#, "true", "null"])
        case .instant:
            self.init([#""2026-12-01T18:00:00Z""#], not: [#""2026-12-01T18:00:00""#, #""2h""#, "5", "null"])
        case .integer(let range):
            self.init(
                ["\(range.lowerBound)", "\(range.upperBound)"],
                not: ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "0.5", #""x""#, "null"])
        case .object(let members): self.init(members)
        case .labels:
            self.init(["{}", #"{"a": "b", "c": 1}"#], not: [#"{"a": true}"#, #"{"": "b"}"#, "1", "null"])
        case .label: self.init([#""603""#, "603"], not: ["true", "null", "[]"])
        case .release: self.init(["{\"infoHash\": \"\(TestSpool.hash)\"}"], not: ["[]", "null", "{}"])
        case .either(let forms):
            let all = forms.map(Samples.init)
            let taken = all.flatMap(\.taken)
            self.init(
                taken,
                not: all.flatMap(\.refused).filter { value in
                    !taken.contains(value) && !forms.contains { Self.isNumber(value, of: $0) }
                })
        case .nullable(let form):
            let inner = Samples(form)
            let empty = form == .text || form == .path ? ["null", #""""#] : ["null"]
            self.init(inner.taken + empty, not: inner.refused.filter { !empty.contains($0) })
        }
    }

    private static func isNumber(_ value: String, of form: ValueForm) -> Bool {
        guard let number = Double(value) else { return false }
        switch form {
        case .integer(let range): return Int64(exactly: number).map(range.contains) ?? false
        case .minutes: return Int64(exactly: number).map((0...SeedRules.mostMinutes).contains) ?? false
        case .ratio: return (0...SeedRules.largestRatio).contains(number)
        default: return false
        }
    }

    private init(_ words: [String], _ inAnyCase: Bool) {
        let quoted = words.map { "\"\($0)\"" }
        let shouted = quoted.map { $0.uppercased() }.filter { !quoted.contains($0) }
        let refused = [#""no such word""#, "1", "null", #""""#]
        self.init(
            quoted + (inAnyCase ? shouted : []), not: refused + (inAnyCase ? [] : shouted))
    }

    /// Each member in turn beside a good value of the first, which some objects cannot do without.
    private init(_ members: [RequestField]) {
        let samples = members.map { ($0.name, Samples($0.form)) }
        guard let (first, values) = samples.first, let good = values.taken.first else {
            self.init([], not: [])
            return
        }
        var taken = values.taken.map { "{\"\(first)\": \($0)}" }
        var refused = values.refused.map { "{\"\(first)\": \($0)}" }
        for (name, samples) in samples.dropFirst() {
            taken += samples.taken.map { "{\"\(first)\": \(good), \"\(name)\": \($0)}" }
            refused += samples.refused.map { "{\"\(first)\": \(good), \"\(name)\": \($0)}" }
        }
        refused += ["{\"\(first)\": \(good), \"other\": 1}", "1", "null", "[]"]
        self.init(taken, not: refused)
    }
}
