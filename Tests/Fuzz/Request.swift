/// libFuzzer's entry for request files. Built and run by `tools/fuzz`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequest(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let violation = RequestProperties.violation(bytes) { fatalError(violation) }
    return 0
}
