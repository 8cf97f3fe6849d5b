public import Reconciliation

/// What a summary says besides the figures of the last pass, which change with every pass.
extension SummaryWriter {
    /// Whether the file in `root` says the same as `summary` but for the last pass's figures and instants:
    /// then a quiet pass has no news, and only the heartbeat makes it due.
    ///
    /// - Throws: ``SpoolError`` when the file is there and cannot be read.
    public static func saysTheSame(_ summary: Summary, in root: String) throws(SpoolError) -> Bool {
        let bytes: [UInt8]?
        do throws(SystemFailure) {
            bytes = try read(in: try Directory(path: try PathText.resolvingParents(root)))
        } catch {
            throw SpoolError("cannot read \(fileName) in \(DisplayText.of(root))", error)
        }
        guard let bytes else { return false }
        return essence(bytes) == essence(render(summary, updatedAt: summary.lastPass.at))
    }

    private static func essence(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        let passing = ["\"updatedAt\"", "\"lastGoodObservation\"", "\"freeSpace\""]
        var isLastPass = false
        return text.split(separator: 10).filter { line in
            let words = line.drop { $0 == 32 }
            if words.starts(with: "\"lastPass\"".utf8) { isLastPass = true }
            defer { if isLastPass, words.starts(with: "}".utf8) { isLastPass = false } }
            return !isLastPass && !passing.contains { words.starts(with: $0.utf8) }
        }
    }
}
