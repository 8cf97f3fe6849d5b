import JSON
import Testing

@Suite struct JSONWriterTests {
    private func text(pretty: Bool = false, _ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(pretty: pretty)
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func sample(_ writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("schema", 1)
        writer.field("name", "a \"b\"")
        writer.field("none", nil as String?)
        writer.field("some", 7 as Int64?)
        writer.field("tags", ["x", "y"])
        writer.key("empty")
        writer.beginArray()
        writer.endArray()
        writer.key("nothing")
        writer.beginObject()
        writer.endObject()
        writer.key("conditions")
        writer.beginArray()
        for truth in [true, false] {
            writer.beginObject()
            writer.field("ok", truth)
            writer.endObject()
        }
        writer.endArray()
        writer.key("last")
        writer.null()
        writer.endObject()
    }

    @Test func compactForm() {
        #expect(
            text(sample)
                == #"{"schema":1,"name":"a \"b\"","none":null,"some":7,"tags":["x","y"],"empty":[],"#
                + #""nothing":{},"conditions":[{"ok":true},{"ok":false}],"last":null}"#)
    }

    @Test func prettyForm() {
        let expected = #"""
            {
              "schema": 1,
              "name": "a \"b\"",
              "none": null,
              "some": 7,
              "tags": ["x", "y"],
              "empty": [],
              "nothing": {},
              "conditions": [
                {
                  "ok": true
                },
                {
                  "ok": false
                }
              ],
              "last": null
            }
            """#
        #expect(text(pretty: true, sample) == expected)
    }

    static let numbers: [(Double, String)] = [
        (1, "1"), (0, "0"), (-0.0, "0"), (1.5, "1.5"), (0.1, "0.1"), (-2.25, "-2.25"),
        (1e15, "1000000000000000"),
        (1e22, "1e+22"), (1e-7, "1e-07"), (0.1 + 0.2, "0.30000000000000004"),
        (.leastNonzeroMagnitude, "5e-324"),
        (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
    ]

    @Test("writes the shortest text that reads back as the same number", arguments: numbers)
    func number(_ number: Double, _ expected: String) throws {
        let written = text { $0.value(number) }
        #expect(written == expected)
        switch try JSONReader.document(Array(written.utf8)).value {
        case .integer(let integer): #expect(Double(integer) == number)
        case .double(let double): #expect(double == number)
        default: Issue.record("not a number")
        }
    }

    @Test func everyCharacterReadsBack() throws {
        let scalars = (0...0x2FFF).compactMap(Unicode.Scalar.init).map(Character.init) + ["😀"]
        let all = String(scalars)
        let written = Array(text { $0.value(all) }.utf8)
        guard case .string(let read) = try JSONReader.document(written, limits: .server).value else {
            Issue.record("not a string")
            return
        }
        #expect(Array(read.utf8) == Array(all.utf8))
        #expect(text { $0.value("\u{1}\n\u{7F}\u{2028}/") } == "\"\\u0001\\n\u{7F}\u{2028}/\"")
    }

    @Test func whatIsWrittenReadsBack() throws {
        for pretty in [true, false] {
            let root = try JSONReader.document(Array(text(pretty: pretty, sample).utf8))
            #expect(root["name"]?.value == .string("a \"b\""))
            #expect(root["none"]?.value == .null)
            #expect(root["some"]?.value == .integer(7))
            #expect(root["nothing"]?.value == .object([]))
        }
    }

    #if os(Linux)
        @Test func numbersThatJSONDoesNotHaveEndTheProcess() async {
            await #expect(processExitsWith: .failure) {
                var writer = JSONWriter(pretty: false)
                writer.value(Double.nan)
            }
            await #expect(processExitsWith: .failure) {
                var writer = JSONWriter(pretty: false)
                writer.value(Double.infinity)
            }
        }
    #endif
}
