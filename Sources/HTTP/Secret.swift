/// A text that must not be shown: a password, an API key.
///
/// Every way to print it, interpolation, `dump` and reflection included, gives `***`. Only ``reveal()`` gives
/// the text, so that a search for that word finds every place where a secret leaves its type.
///
/// *Limits*: the memory is not wiped when the value goes.
public struct Secret: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    /// - Parameter text: The secret, as it is to be sent.
    public init(_ text: String) {
        self.text = text
    }

    /// The text itself. Hand it on to where it is needed and do not keep it.
    public func reveal() -> String { text }

    /// Always `***`.
    public var description: String { "***" }

    /// Always `***`.
    public var debugDescription: String { "***" }

    /// A mirror without children, so that `dump` finds nothing.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
