public import ArgumentParser
public import Daemon

/// `qspool schema`
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of a kind of file.",
        discussion: """
            Draft 2020-12. Editors that know it complete the fields of a request, explain them and mark \
            mistakes while they are typed: save it beside the requests under a name that begins with a dot, \
            and name it in a request as "$schema".

            Examples:
              qspool schema > ROOT/requests/.request.schema.json
              qspool schema status
            """)

    @OptionGroup var options: RootOptions

    @Argument(help: "request, status or summary.")
    var kind: SchemaDocument = .request

    func run() throws {
        try Output.write(kind.bytes)
    }
}

extension SchemaDocument: ExpressibleByArgument {}
