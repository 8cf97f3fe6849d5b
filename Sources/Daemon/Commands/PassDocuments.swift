import JSON
import Metainfo
import Reconciliation

/// A pass as JSON: what `once --json` prints.
public enum PassReportDocument {
    public static func render(_ report: PassReport) -> [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginObject()
        writer.field("pass", Int64(report.number))
        writer.field("exitCode", Int(report.exitCode.rawValue))
        writer.key("phases")
        writer.beginObject()
        for phase in Phase.allCases where report.phases[phase, default: 0] > 0 {
            writer.field(phase.rawValue, report.phases[phase, default: 0])
        }
        writer.endObject()
        writer.key("outcomes")
        writer.beginArray()
        for outcome in report.outcomes { render(outcome, &writer) }
        writer.endArray()
        HoldDocument.field(report.holds, &writer)
        writer.field("trouble", report.trouble?.message)
        TroubleDocument.field(report.troubles, &writer)
        writer.field("calls", report.figures.calls)
        writer.field("actions", report.figures.actions)
        writer.field("commits", report.figures.commits)
        writer.field("filesWritten", report.figures.filesWritten)
        writer.field("duration", report.figures.duration)
        writer.endObject()
        return writer.bytes + [10]
    }

    private static func render(_ outcome: Outcome, _ writer: inout JSONWriter) {
        writer.beginObject()
        ActionDocument.fields(outcome.action, &writer)
        switch outcome.result {
        case .acknowledged:
            writer.field("result", "acknowledged")
        case .skipped(let why):
            writer.field("result", "skipped")
            writer.field("message", why)
        case .unknown(let failure):
            writer.field("result", "unknown")
            writer.field("message", failure.message)
        case .failed(let failure):
            writer.field("result", "failed")
            writer.field("message", failure.message)
        }
        writer.endObject()
    }
}

/// A plan as JSON: what `plan --json` prints.
public enum PlanDocument {
    public static func render(_ report: PassReport) -> [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginObject()
        writer.key("actions")
        writer.beginArray()
        for action in report.plan.actions {
            writer.beginObject()
            ActionDocument.fields(action, &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.key("fetches")
        writer.beginArray()
        for fetch in report.fetches {
            writer.beginObject()
            writer.field("request", fetch.name.text)
            writer.field("message", fetch.what)
            writer.endObject()
        }
        writer.endArray()
        writer.key("waiting")
        writer.beginArray()
        for key in report.plan.order { waiting(key, report.plan.judgements[key], &writer) }
        writer.endArray()
        HoldDocument.field(report.holds, &writer)
        writer.field("trouble", report.trouble?.message)
        TroubleDocument.field(report.troubles, &writer)
        writer.endObject()
        return writer.bytes + [10]
    }

    private static func waiting(
        _ key: SubjectKey, _ judgement: Judgement?, _ writer: inout JSONWriter
    ) {
        guard case .wait(let until, let reason)? = judgement?.verdict else { return }
        writer.beginObject()
        writer.field("request", key.name.text)
        writer.field("reason", reason.rawValue)
        writer.field("until", until?.wall.description)
        writer.endObject()
    }
}

enum ActionDocument {
    static func fields(_ action: Action, _ writer: inout JSONWriter) {
        writer.field("request", action.subject.name.text)
        writer.field("client", action.client)
        writer.field("action", action.call.word)
        writer.field("field", action.call.field?.rawValue)
        writer.field("torrent", (action.id ?? action.identity.preferredID).description)
        writer.field("reason", action.reason)
    }
}

enum TroubleDocument {
    static func field(_ troubles: [String: ClientTrouble], _ writer: inout JSONWriter) {
        writer.key("troubles")
        writer.beginObject()
        for (client, trouble) in troubles.sorted(by: { $0.key < $1.key }) {
            writer.field(client, trouble.message)
        }
        writer.endObject()
    }
}

enum HoldDocument {
    static func field(_ holds: [Hold], _ writer: inout JSONWriter) {
        writer.key("holds")
        writer.beginArray()
        for hold in holds {
            writer.beginObject()
            writer.field("kind", hold.kind.rawValue)
            writer.field("since", hold.since.description)
            writer.field("message", hold.message)
            writer.field("names", hold.names.map(\.text))
            writer.field("lift", hold.lift)
            writer.endObject()
        }
        writer.endArray()
    }
}
