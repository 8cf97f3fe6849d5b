/// Which addresses a request may connect to.
///
/// Judged for the address itself when its socket is opened, after the name was resolved: neither odd
/// spellings nor a name server that changes its answer get around it.
public enum AddressRule: Equatable, Sendable {
    /// Every address. For servers that the operator configured.
    case any
    /// Only addresses that are public by ``AddressRules``. For URLs that came from outside.
    ///
    /// The URL's host is exempt when it is listed as `host` or `host:port`. Such a request never travels over
    /// a kept connection, because that one was opened for somebody else's request and judged by its rule.
    case publicOnly(allowHosts: [String])
}
