/// libFuzzer's entry for bencode and metainfo. Built and run by `tools/fuzz`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTorrent(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let violation = TorrentProperties.violation(bytes) { fatalError(violation) }
    return 0
}
