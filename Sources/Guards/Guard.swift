#if DEBUG
    import Glibc
#endif

/// Every guard of the program: a condition that stands between a wrong picture and harm.
///
/// Where a guard is passed, the code asks ``stands``. In a release that is the constant `true`. In a debug
/// build a test can lower one guard and show that something goes wrong without it: a guard that nobody misses
/// protects nothing.
public enum Guard: String, CaseIterable, Hashable, Sendable {
    /// A picture of the spool that is not complete plans no removal.
    case completeSpool
}

extension Guard {
    #if DEBUG
        /// The guard that is lowered for the current task and its children.
        @TaskLocal public static var lowered: Guard?

        /// The same for a whole process, from `QSPOOL_LOWERED_GUARD`: code that runs on threads of its own
        /// belongs to no task.
        private static let loweredHere: Guard? = getenv("QSPOOL_LOWERED_GUARD").flatMap {
            Guard(rawValue: String(cString: $0))
        }

        /// Whether the guard does its work. Only a test can make it `false`.
        public var stands: Bool { Self.lowered != self && Self.loweredHere != self }
    #else
        /// Whether the guard does its work: always.
        @inlinable public var stands: Bool { true }
    #endif
}
