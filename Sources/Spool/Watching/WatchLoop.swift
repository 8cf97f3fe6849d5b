import CSys
import Glibc

/// The watching thread's own state: which folder each watch stands for.
///
/// Used by that thread alone once it runs.
final class WatchLoop {
    private let inotify: Int32
    private let wake: WakeHandle
    private let requests: String
    private let orders: String?
    private let mailbox: EventMailbox
    /// Paths below `requests/` by watch; empty for the directory itself.
    private var folders: [Int32: String] = [:]
    private var ordersWatch: Int32?

    /// How often a directory that is not there is looked for. Unit: milliseconds.
    private static let absentInterval: Int32 = 2_000

    init(inotify: Int32, wake: WakeHandle, requests: String, orders: String?, mailbox: EventMailbox) {
        self.inotify = inotify
        self.wake = wake
        self.requests = requests
        self.orders = orders
        self.mailbox = mailbox
        // Before the thread starts, so that nothing that happens after the watcher was made is missed.
        watchSpool()
        watchOrders()
    }

    deinit { close(inotify) }

    func run() {
        while !mailbox.hasFinished {
            var waits = [
                pollfd(fd: inotify, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let isAbsent = folders.isEmpty || (orders != nil && ordersWatch == nil)
            let count = poll(&waits, nfds_t(waits.count), isAbsent ? Self.absentInterval : -1)
            if waits[1].revents != 0 { return }
            if count > 0 { read() }
            if isAbsent {
                if folders.isEmpty, watchSpool() { mailbox.add { $0.addEverything() } }
                if ordersWatch == nil, watchOrders() { mailbox.add { $0.hasOrders = true } }
            }
        }
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(inotify, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            var changes = SpoolEvent()
            buffer.withUnsafeBytes { bytes in
                var offset = 0
                let header = MemoryLayout<inotify_event>.size
                while offset + header <= count {
                    let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    let end = min(offset + header + Int(event.len), count)
                    handle(event, name: bytes[(offset + header)..<end].prefix { $0 != 0 }, &changes)
                    offset = end
                }
            }
            let found = changes
            if !found.isEmpty { mailbox.add { $0.merge(found) } }
        }
    }

    private func handle(
        _ event: inotify_event, name: Slice<UnsafeRawBufferPointer>, _ changes: inout SpoolEvent
    ) {
        if has(event, IN_Q_OVERFLOW) {
            changes.addEverything()
            changes.hasOrders = true
            return
        }
        if event.wd == ordersWatch {
            if has(event, IN_IGNORED) { ordersWatch = nil }
            changes.hasOrders = true
            return
        }
        guard let folder = folders[event.wd] else { return }
        if [IN_DELETE_SELF, IN_MOVE_SELF, IN_UNMOUNT, IN_IGNORED].contains(where: { has(event, $0) }) {
            leave(event, folder)
            changes.addEverything()
            return
        }
        guard let text = String(validating: name, as: UTF8.self) else {
            changes.addEverything()
            return
        }
        if has(event, IN_ISDIR) {
            // Moved folders keep their watches, under their old names: drop them all and begin anew.
            watchSpool()
            changes.addEverything()
        } else if isOfInterest(text) {
            changes.add(path: PathText.join(folder, text))
        }
    }

    /// Temporary names come and go without being looked at; only the identity is hidden and counts.
    private func isOfInterest(_ name: String) -> Bool {
        name == SpoolIdentity.fileName || SpoolName(Array(name.utf8), isFolder: true) != .skipped
    }

    private func leave(_ event: inotify_event, _ folder: String) {
        if folder.isEmpty {
            forgetFolders()
        } else if has(event, IN_MOVE_SELF) {
            // By now it may be watched under its new name already.
            watchSpool()
        } else {
            folders[event.wd] = nil
        }
    }

    private func forgetFolders() {
        for watch in folders.keys { inotify_rm_watch(inotify, watch) }
        folders = [:]
    }

    /// Watches the spool and all folders in it, from the beginning.
    @discardableResult
    private func watchSpool() -> Bool {
        let old = Set(folders.keys)
        folders = [:]
        do throws(SystemFailure) {
            try watch(try Directory(path: try PathText.resolvingParents(requests)), path: "", depth: 0)
        } catch {
            // Not there, or not to be watched (no permission, too many watches). What was added stays; the
            // scans see the rest.
            return !folders.isEmpty
        }
        for watch in old.subtracting(folders.keys) { inotify_rm_watch(inotify, watch) }
        return !folders.isEmpty
    }

    private func watch(_ folder: Directory, path: String, depth: Int) throws(SystemFailure) {
        let mask =
            IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF
            | IN_MOVE_SELF
        folders[try add(folder, mask: Int(mask))] = path
        guard depth < SpoolName.deepest else { return }
        for bytes in try folder.names() {
            guard case .folder(let name) = SpoolName(bytes, isFolder: true), try isFolder(name, in: folder)
            else {
                continue
            }
            do throws(SystemFailure) {
                try watch(try folder.folder(name), path: PathText.join(path, name), depth: depth + 1)
            } catch {
                // A folder that cannot be watched does not keep the others from it.
                continue
            }
        }
    }

    private func isFolder(_ name: String, in folder: Directory) throws(SystemFailure) -> Bool {
        do throws(SystemFailure) {
            return try folder.facts(name).kind == .folder
        } catch {
            if error.isMissing { return false }
            throw error
        }
    }

    /// Through the descriptor, so that what is watched is what was opened.
    private func add(_ folder: Directory, mask: Int) throws(SystemFailure) -> Int32 {
        let watch = inotify_add_watch(
            inotify, "/proc/self/fd/\(folder.descriptor)", UInt32(mask) | UInt32(IN_ONLYDIR))
        guard watch >= 0 else { throw .last }
        return watch
    }

    @discardableResult
    private func watchOrders() -> Bool {
        guard let orders else { return false }
        do throws(SystemFailure) {
            let folder = try Directory(path: try PathText.resolvingParents(orders))
            ordersWatch = try add(
                folder, mask: Int(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF))
            return true
        } catch {
            return false
        }
    }

    private func has(_ event: inotify_event, _ flag: some FixedWidthInteger) -> Bool {
        event.mask & UInt32(truncatingIfNeeded: flag) != 0
    }
}
