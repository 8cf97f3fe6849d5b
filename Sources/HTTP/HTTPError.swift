/// Why a request brought no whole answer.
public struct HTTPError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What went wrong, as far as callers tell it apart.
    public enum Kind: Equatable, Sendable {
        /// Nobody accepts connections there, or the Unix socket is missing.
        case refused
        /// One of the limits of ``HTTPTimeouts`` was reached.
        case timeout
        /// The host name has no address.
        case resolve
        /// No trustworthy TLS connection: certificate, protocol version, handshake, or an unusable CA file.
        case tls
        /// The connection ended before the answer was whole. Perhaps none of it arrived.
        case truncated
        /// Body or headers are larger than the request allows.
        case tooLarge
        /// Every address of the host is ruled out by the request's ``AddressRule``.
        case addressNotAllowed(reason: String)
        /// Not an absolute `http` or `https` URL, or one with user info or control characters.
        case badURL
        /// The task was cancelled, or the transport was shut down.
        case cancelled
        /// Anything else; the message says what.
        case other
    }

    /// Why there is no trustworthy connection, where that can be told.
    public enum TLSCause: Equatable, Sendable {
        /// The file with the authorities to trust is missing, unreadable or no such file.
        case authorityFile
        /// The certificate's issuer is not trusted; a self-signed one is its own.
        case issuer
        /// The certificate is for other host names.
        case name
        /// The certificate is no longer, or not yet, valid.
        case date
        /// No TLS at all, or none that both sides can speak.
        case other
    }

    /// What went wrong.
    public let kind: Kind
    /// For ``Kind/tls``.
    public let tlsCause: TLSCause?
    /// Whether it is certain that the server received no byte of the request, so that repeating it is safe.
    public let nothingWasSent: Bool
    /// A sentence for a person: the method, the masked URL, what happened. No secrets.
    public let message: String
    /// What happened, without the method and without any part of the URL but its host. For whoever shows
    /// URLs by a stricter rule than ``Masking``.
    public let reason: String

    /// - Parameters: As the properties of the same names; `reason` is the message where none is given.
    public init(
        kind: Kind, nothingWasSent: Bool, message: String, reason: String? = nil, tlsCause: TLSCause? = nil
    ) {
        self.kind = kind
        self.tlsCause = tlsCause
        self.nothingWasSent = nothingWasSent
        self.message = message
        self.reason = reason ?? message
    }

    /// The message.
    public var description: String { message }
}
