import JSON
import Reconciliation

/// The parts of a Torznab `<item>` that plain releases do not have, in the shapes that it takes when XML is
/// turned into JSON.
struct TorznabItem {
    private let item: ReleaseObject

    init(_ item: ReleaseObject) { self.item = item }

    /// The address of the enclosure, else the link.
    var address: FieldPlace? { enclosure?["url", "@url"] ?? link }

    /// The media type of the enclosure.
    var mediaType: FieldPlace? { enclosure?["type", "@type"] }

    /// Bytes, by the enclosure.
    var length: FieldPlace? { enclosure?["length", "@length"] }

    /// The value of a `torznab:attr`: of an object of values by name, or of a list of names with values.
    func attribute(_ name: String) -> FieldPlace? {
        for key in ["attributes", "torznab:attr", "newznab:attr", "attr"] {
            for holder in item.objects(key) {
                let entry = holder.object("@attributes", "$") ?? holder
                guard let named = entry["name", "@name"] else {
                    if let value = entry[name] { return value }
                    continue
                }
                if case .string(let text) = named.node.value, text.lowercased() == name {
                    return entry["value", "@value"]
                }
            }
        }
        return nil
    }

    private var link: FieldPlace? {
        guard let link = item["link"], case .string = link.node.value else { return nil }
        return link
    }

    private var enclosure: ReleaseObject? {
        guard let enclosure = item.objects("enclosure").first else { return nil }
        return enclosure.object("@attributes", "$") ?? enclosure
    }
}
