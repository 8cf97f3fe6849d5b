import Glibc

extension LoopbackServer {
    /// What the server's threads share. They hold it, not the server, which can so stop when it is dropped.
    final class Core: @unchecked Sendable {
        // Sendable: every mutable property is touched under the mutex alone.

        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let allEnded = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        private let listener: Int32
        private let handler: Handler
        private var open: Set<Int32> = []
        private var threadCount = 0
        private var isStopped = false
        private(set) var connectionCount = 0
        private(set) var received: [Received] = []

        init(listener: Int32, handler: @escaping Handler) {
            self.listener = listener
            self.handler = handler
            pthread_mutex_init(mutex, nil)
            pthread_cond_init(allEnded, nil)
        }

        deinit {
            pthread_mutex_destroy(mutex)
            mutex.deallocate()
            pthread_cond_destroy(allEnded)
            allEnded.deallocate()
        }

        func locked<Value>(_ body: () -> Value) -> Value {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            return body()
        }

        /// Runs `body` on a thread of its own, which ``stop()`` waits for.
        func spawn(_ body: @escaping @Sendable () -> Void) {
            locked { threadCount += 1 }
            let job = ThreadJob {
                body()
                self.locked {
                    self.threadCount -= 1
                    pthread_cond_broadcast(self.allEnded)
                }
            }
            startThread(job)
        }

        func acceptAll() {
            while true {
                let descriptor = accept(listener, nil, nil)
                if descriptor < 0 {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    break
                }
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                let number: Int? = locked {
                    guard !isStopped else { return nil }
                    open.insert(descriptor)
                    connectionCount += 1
                    return connectionCount
                }
                guard let number else {
                    close(descriptor)
                    break
                }
                spawn { self.serve(descriptor, number: number) }
            }
            close(listener)
        }

        func stop() {
            locked {
                if !isStopped {
                    isStopped = true
                    // Both wake a thread that is blocked in a call on the descriptor; the threads close them.
                    shutdown(listener, Int32(SHUT_RDWR))
                    for descriptor in open { shutdown(descriptor, Int32(SHUT_RDWR)) }
                }
                while threadCount > 0 { pthread_cond_wait(allEnded, mutex) }
            }
        }

        private func serve(_ descriptor: Int32, number: Int) {
            var enabled: Int32 = 1
            setsockopt(
                descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &enabled, socklen_t(MemoryLayout<Int32>.size))
            var reader = RequestReader(descriptor: descriptor, connection: number)
            while let request = reader.next() {
                locked { received.append(request) }
                let reply = handler(request)
                if reply.hangs {
                    while reader.fill() {}
                    break
                }
                guard send(reply, on: descriptor), !reply.endsConnection else { break }
            }
            locked { _ = open.remove(descriptor) }
            // A program started between `accept` and the mark that closes it there has the connection too,
            // and `close` alone would leave the client waiting for as long as that program runs.
            shutdown(descriptor, Int32(SHUT_RDWR))
            close(descriptor)
        }

        private func send(_ reply: Reply, on descriptor: Int32) -> Bool {
            var rest = reply.bytes[...]
            if let cutAfter = reply.cutAfter { rest = rest.prefix(cutAfter) }
            while !rest.isEmpty {
                if let drip = reply.drip { poll(nil, 0, Int32(drip.milliseconds)) }
                let piece = rest.prefix(reply.drip?.bytes ?? rest.count)
                let sent = piece.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { return false }
                rest = rest.dropFirst(sent)
            }
            return true
        }
    }

    /// Cuts the bytes of one connection into requests.
    struct RequestReader {
        private let descriptor: Int32
        private let connection: Int
        private var count = 0
        private var buffer: [UInt8] = []

        init(descriptor: Int32, connection: Int) {
            self.descriptor = descriptor
            self.connection = connection
        }

        /// The next request, or `nil` at the end of the connection.
        mutating func next() -> Received? {
            let separator: [UInt8] = [13, 10, 13, 10]
            var end = buffer.firstRange(of: separator)
            while end == nil {
                guard fill() else { return nil }
                end = buffer.firstRange(of: separator)
            }
            guard let end else { return nil }
            let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
            buffer.removeFirst(end.upperBound)
            let headers = lines.dropFirst().map { line in
                let colon = line.firstIndex(of: ":") ?? line.endIndex
                let value = line[colon...].dropFirst().drop { $0 == " " }
                return (name: line[..<colon].lowercased(), value: String(value))
            }
            let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
            while buffer.count < length {
                guard fill() else { return nil }
            }
            let words = lines.first?.split(separator: " ") ?? []
            guard words.count == 3 else { return nil }
            count += 1
            defer { buffer.removeFirst(length) }
            return Received(
                method: String(words[0]), target: String(words[1]), headers: headers,
                body: Array(buffer.prefix(length)), connection: connection, requestOnConnection: count)
        }

        /// Waits for more bytes.
        ///
        /// - Returns: Whether there were any.
        mutating func fill() -> Bool {
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let got = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            guard got > 0 else { return false }
            buffer += chunk[..<got]
            return true
        }
    }
}

/// A closure on its way to a thread.
private final class ThreadJob: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

private func startThread(_ job: ThreadJob) {
    var thread = pthread_t()
    let code = pthread_create(&thread, nil, runJob, Unmanaged.passRetained(job).toOpaque())
    precondition(code == 0, "no thread: error \(code)")
    pthread_detach(thread)
}

private func runJob(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let pointer else { return nil }
    Unmanaged<ThreadJob>.fromOpaque(pointer).takeRetainedValue().body()
    return nil
}
