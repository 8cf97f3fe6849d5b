public import Logging

/// Where log lines go: standard error, as this process's first act with a configuration.
public enum LoggingSetup {
    private static let isDone = StopFlag()

    /// Later calls change nothing: a process logs in one way.
    public static func once(level: Logger.Level, isJournal: Bool) {
        guard !isDone.isRaised else { return }
        isDone.raise()
        LoggingSystem.bootstrap { LineLog(label: $0, level: level, isJournal: isJournal) }
    }
}
