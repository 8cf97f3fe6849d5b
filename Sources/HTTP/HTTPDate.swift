import CCurl

/// The dates of header fields, in the three forms of RFC 9110 §5.6.7, as libcurl reads them.
public enum HTTPDate {
    /// - Parameter text: Such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    /// - Returns: Seconds since 1970-01-01T00:00:00Z, or `nil` when it is no date with a time of day.
    public static func seconds(_ text: String) -> Int64? {
        // libcurl also takes a bare number or the name of a day for a date; no header field means that.
        guard text.utf8.contains(UInt8(ascii: ":")), text.utf8.count <= 64 else { return nil }
        let seconds = text.withCString { curl_getdate($0, nil) }
        return seconds < 0 ? nil : Int64(seconds)
    }
}
