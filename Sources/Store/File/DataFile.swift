internal import Glibc

/// Looks at the data file before LMDB does.
///
/// LMDB maps the file and trusts what it finds: a short file is a `SIGBUS` at the first touch, a garbled page
/// an abort or a read outside of it, a wild entry in the list of free pages a write over live ones, and an
/// empty file is quietly made into a new store. So every page that the newest snapshot reaches is first read
/// with `pread` and judged (``PageWalk``). Values are not looked at: they carry their own checksum.
///
/// *Why not the size alone:* `(last page + 1) × page size ≤ file size` finds truncation, but neither zeroed
/// nor garbled pages; and LMDB does not write pages that a transaction took at the end and gave up again, so
/// a sound file can be shorter than that (seen with 0.9.24; a test shows it).
///
/// *Limits:* what happens to the file afterwards, by somebody else's hand, is not noticed. A bad sector gives
/// `EIO` here; one that goes bad while we run is a `SIGBUS`.
struct DataFile {
    let directory: String

    var path: String { directory + "/data.mdb" }

    /// The file's size in bytes; `nil` when there is none.
    func size() throws(StoreError) -> Int64? {
        var facts = stat()
        if stat(path, &facts) == 0 { return Int64(facts.st_size) }
        guard errno == ENOENT || errno == ENOTDIR else {
            throw StoreError(code: errno, during: "look at \(path)", in: directory)
        }
        return nil
    }

    /// - Throws: ``StoreError`` of kind `damaged` with what is wrong and where, `missing` for no or an empty
    ///   file.
    func check() throws(StoreError) {
        guard let size = try size(), size > 0 else { throw missing() }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw StoreError(code: errno, during: "open \(path)", in: directory) }
        defer { close(file) }
        // A reader may look while a writer commits and reuses pages of the snapshot we began with. That is no
        // damage: the meta pages have moved then. Damage is what is there while they stand still.
        while true {
            let before = try metaBytes(file)
            do throws(PageFault) {
                var walk = try PageWalk(file: file, meta: MetaPage.newest(of: before))
                return try walk.check()
            } catch {
                guard try metaBytes(file) != before else {
                    throw StoreError(.damaged, during: "check \(path)", error.what)
                }
            }
        }
    }

    /// Makes an empty file for LMDB to fill, with its mode set whatever the umask says.
    func make() throws(StoreError) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw StoreError(code: errno, during: "create \(path)", in: directory) }
        defer { close(file) }
        guard fchmod(file, 0o600) == 0 else {
            throw StoreError(code: errno, during: "set the mode of \(path)", in: directory)
        }
    }

    /// Makes the names of the files durable, as an `fsync` of the files alone does not.
    func settleDirectory() throws(StoreError) {
        let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw StoreError(code: errno, during: "open \(directory)", in: directory) }
        defer { close(folder) }
        guard fsync(folder) == 0 else {
            throw StoreError(code: errno, during: "sync \(directory)", in: directory)
        }
    }

    func missing() -> StoreError {
        StoreError(.missing, during: "open \(directory)", "no database yet")
    }

    /// As much of the file's beginning as holds both meta pages, whatever the page size.
    private func metaBytes(_ file: Int32) throws(StoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: MetaPage.largestPage + MetaPage.size)
        let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        guard count >= 0 else { throw StoreError(code: errno, during: "read \(path)", in: directory) }
        let first = MetaPage.pageSize(of: bytes) ?? MetaPage.size
        // Of the pages between and behind only the two heads count: what else lies there moves all the time.
        let heads = Array(bytes[0..<MetaPage.size]) + Array(bytes[first..<first + MetaPage.size])
        return Array(heads.prefix(count < first + MetaPage.size ? 0 : heads.count))
    }
}
