import Daemon
import Reconciliation
import TestSupport
import Testing

/// What this machine sees of a server's disk.
@Suite("The local disk")
struct LocalDiskTests {
    private let disk = LocalDisk()

    @Test(
        "Names in a directory; one that is not there is empty where its root is, and unseen where it is not")
    func names() throws {
        let folder = try TemporaryDirectory()
        let root = folder.path
        try folder.write([1], to: "film.mkv")
        try folder.write([1], to: ".hidden")
        let here = try #require(disk.sight(of: root, root: root))
        #expect(Set(here.names) == ["film.mkv", ".hidden"])
        let inner = try #require(disk.sight(of: root + "/new/deep", root: root))
        #expect(inner.names.isEmpty && inner.ground == here.ground)
        #expect(disk.sight(of: root + "/gone/x", root: root + "/gone") == nil)
        #expect(disk.sight(of: root, root: root + "/film.mkv") == nil, "a root is a directory")
        #expect(disk.files(["film.mkv", "other"], in: root, root: root)?.seen == ["film.mkv"])
    }

    @Test("Bare is what is not there or empty, and not what is no directory of ours to read")
    func bare() throws {
        let folder = try TemporaryDirectory()
        #expect(disk.isBare(folder.path) && disk.isBare(folder.path + "/gone"))
        try folder.write([1], to: "x")
        #expect(!disk.isBare(folder.path))
        #expect(disk.isBare(folder.path + "/x"), "a file where the directory should be")
    }

    @Test("A file system below the root is another ground, also where the directory is not there yet")
    func mounted() throws {
        // Two file systems that every Linux has: /proc lies below /, and is none of it.
        let own = try #require(disk.sight(of: "/etc", root: "/"))
        let other = try #require(disk.sight(of: "/proc/self", root: "/"))
        let missing = try #require(disk.sight(of: "/proc/none/such", root: "/"))
        #expect(own.ground != other.ground && other.ground == missing.ground && missing.names.isEmpty)
    }
}
