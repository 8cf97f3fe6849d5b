/// The identity of a spool: the file `.qspool` in `requests/`, one UUID in a line.
///
/// It is made once, by `init`, and never on the fly: an unmounted directory must not look like a fresh spool.
public enum SpoolIdentity {
    /// The name of the file.
    public static let fileName = ".qspool"

    /// Makes a new identity.
    ///
    /// - Returns: The UUID, lower case; it is on the disk.
    /// - Throws: ``SpoolError`` `exists` when the spool has one already; it stays.
    public static func create(in requests: String) throws(SpoolError) -> String {
        let uuid = RandomText.uuid()
        do throws(SystemFailure) {
            try AtomicFile.create(
                Array((uuid + "\n").utf8), name: fileName, in: try Directory(path: requests), mode: 0o644)
        } catch {
            throw SpoolError("cannot write the spool identity in \(DisplayText.of(requests))", error)
        }
        return uuid
    }

    /// - Throws: ``SpoolError``: `missing` when there is none, `bad-identity` when it is no regular file with
    ///   one UUID, `io` for anything else.
    public static func read(in requests: String) throws(SpoolError) -> String {
        let directory: Directory
        do throws(SystemFailure) {
            directory = try Directory(path: requests)
        } catch {
            throw SpoolError("cannot read the spool identity in \(DisplayText.of(requests))", error)
        }
        return try read(in: directory).get()
    }

    static func read(in directory: Directory) -> Result<String, SpoolError> {
        do throws(SystemFailure) {
            let file = try directory.file(fileName)
            let facts = try file.facts()
            guard facts.kind == .regular else { return .failure(notOne) }
            let bytes = try file.read(limit: 64, facts: facts)
            return uuid(bytes).map { .success($0) } ?? .failure(notOne)
        } catch {
            return error.isNoFolder
                ? .failure(notOne) : .failure(SpoolError("cannot read the spool identity \(fileName)", error))
        }
    }

    private static let notOne = SpoolError(
        code: "bad-identity", message: "\(fileName) is not a regular file with one UUID in it")

    private static func uuid(_ bytes: [UInt8]) -> String? {
        let line = bytes.last == 10 ? Array(bytes.dropLast()) : bytes
        guard line.count == 36 else { return nil }
        for (index, byte) in line.enumerated() {
            switch index {
            case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return nil }
            default:
                let isDigit = (48...57).contains(byte) || (97...102).contains(byte | 0x20)
                guard isDigit else { return nil }
            }
        }
        return String(decoding: line, as: UTF8.self).lowercased()
    }
}
