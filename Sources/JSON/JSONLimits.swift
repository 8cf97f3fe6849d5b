/// What a text may be before it is refused.
public struct JSONLimits: Equatable, Sendable {
    /// How many arrays and objects may be open at once. 1…64.
    public var depth: Int
    /// The longest string or key in bytes of UTF-8, unescaped; `nil` is no limit.
    public var stringBytes: Int?
    /// The most keys in the whole text; `nil` is no limit.
    public var keys: Int?
    /// Whether an object may name a key twice. Where it may, the last one counts.
    public var allowsDuplicateKeys: Bool
    /// Whether a string may hold the character NUL, written as an escape. NUL itself is never allowed.
    public var allowsNUL: Bool

    public init(
        depth: Int, stringBytes: Int? = nil, keys: Int? = nil, allowsDuplicateKeys: Bool = false,
        allowsNUL: Bool = false
    ) {
        self.depth = depth
        self.stringBytes = stringBytes
        self.keys = keys
        self.allowsDuplicateKeys = allowsDuplicateKeys
        self.allowsNUL = allowsNUL
    }

    /// For what people and programs drop: 16 deep, 1 000 keys, none of them twice in one object.
    ///
    /// Strings are not limited here, because a field decides how long its text may be (a magnet link 64 kB, a
    /// `data:` URL as long as the file).
    public static let request = JSONLimits(depth: 16, keys: 1_000)

    /// For answers of servers: 32 deep, of double keys the last one counts.
    public static let server = JSONLimits(depth: 32, allowsDuplicateKeys: true, allowsNUL: true)
}
