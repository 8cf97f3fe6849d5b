/// libFuzzer's entry for magnet links, info-hashes and sources. Built and run by `tools/fuzz`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMagnet(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    if let violation = MagnetProperties.violation(text) { fatalError(violation) }
    return 0
}
