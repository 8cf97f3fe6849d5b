import CSys
import Glibc

/// How much room a directory of this machine has.
enum FreeSpace {
    /// Bytes that an ordinary user can still write; `nil` when the directory is not there.
    static func at(_ path: String) -> Int64? {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return nil }
        let (bytes, overflow) = UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize))
        return overflow ? nil : Int64(clamping: bytes)
    }
}
