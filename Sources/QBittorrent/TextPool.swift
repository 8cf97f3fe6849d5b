/// Gives equal texts the same storage. A listing of 10 000 torrents repeats a handful of categories, tag
/// lists and paths; building each anew would cost most of the memory and a third of the time.
///
/// Forgets everything when it holds too much, so that a listing in which all texts differ costs no more than
/// one in which none are pooled.
struct TextPool {
    private static let most = 4096

    private var texts: [UInt64: String] = [:]

    /// The text of these bytes. What is not UTF-8 is replaced.
    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        // Up to 15 bytes a String holds in itself.
        if bytes.count <= 15 { return String(decoding: bytes, as: UTF8.self) }
        let key = Self.hash(bytes)
        if let known = texts[key], known.utf8.elementsEqual(bytes) { return known }
        let text = String(decoding: bytes, as: UTF8.self)
        if texts.count >= Self.most { texts.removeAll(keepingCapacity: true) }
        texts[key] = text
        return text
    }

    // FNV-1a. A collision costs one String, never a wrong text: the bytes are compared.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
