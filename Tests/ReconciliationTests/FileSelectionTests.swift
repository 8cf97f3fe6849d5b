import Reconciliation
import Testing

@Suite("Which files a selection wants")
struct FileSelectionTests {
    struct Glob: Sendable, CustomStringConvertible {
        let pattern: String
        let path: String
        let isMatch: Bool
        var top: String?

        var description: String { "\(pattern) \(isMatch ? "matches" : "does not match") \(path)" }
    }

    static let globs: [Glob] = [
        // A name alone.
        Glob(pattern: "*.mkv", path: "Film/film.mkv", isMatch: true),
        Glob(pattern: "*.mkv", path: "film.mkv", isMatch: true),
        Glob(pattern: "*.mkv", path: "Film.mkv/readme.txt", isMatch: false),
        Glob(pattern: "*.mkv", path: "a/b/c/FILM.MKV", isMatch: true),
        Glob(pattern: "FILM.mkv", path: "film.MKV", isMatch: true),
        Glob(pattern: "film", path: "film.mkv", isMatch: false),
        Glob(pattern: "*sample*", path: "x/my-sample.mkv", isMatch: true),
        Glob(pattern: "*", path: "x/.hidden", isMatch: true),
        Glob(pattern: "?.mkv", path: "é.mkv", isMatch: true),
        Glob(pattern: "?.mkv", path: ".mkv", isMatch: false),
        Glob(pattern: "É.mkv", path: "é.mkv", isMatch: false),
        Glob(pattern: "", path: "a", isMatch: false),
        // Sets.
        Glob(pattern: "e[0-9]*.mkv", path: "E07.mkv", isMatch: true),
        Glob(pattern: "e[!0-9].mkv", path: "e1.mkv", isMatch: false),
        Glob(pattern: "e[!0-9].mkv", path: "ex.mkv", isMatch: true),
        Glob(pattern: "[*].txt", path: "*.txt", isMatch: true),
        Glob(pattern: "[*].txt", path: "a.txt", isMatch: false),
        Glob(pattern: "[]].txt", path: "].txt", isMatch: true),
        Glob(pattern: "[a-].txt", path: "-.txt", isMatch: true),
        Glob(pattern: "[Group] *.mkv", path: "[Group] film.mkv", isMatch: false),
        Glob(pattern: "[[]Group] *.mkv", path: "[Group] film.mkv", isMatch: true),
        Glob(pattern: "a[b", path: "a[b", isMatch: true),
        Glob(pattern: "a[", path: "a[", isMatch: true),
        Glob(pattern: "x/a[!b]c", path: "x/a/c", isMatch: false),
        // Paths.
        Glob(pattern: "Film/*.mkv", path: "Film/film.mkv", isMatch: true),
        Glob(pattern: "Film/*.mkv", path: "Film/CD1/film.mkv", isMatch: false),
        Glob(pattern: "Film/**.mkv", path: "Film/CD1/film.mkv", isMatch: true),
        Glob(pattern: "Film/?/a", path: "Film///a", isMatch: false),
        Glob(pattern: "CD1/*", path: "Film/CD1/film.mkv", isMatch: true, top: "Film"),
        Glob(pattern: "CD1/*", path: "Film/CD1/film.mkv", isMatch: false),
        Glob(pattern: "film/cd1/*", path: "Film/CD1/film.mkv", isMatch: true, top: "Film"),
        Glob(pattern: "CD1/*", path: "Films/CD1/film.mkv", isMatch: false, top: "Film"),
        Glob(pattern: "/readme.txt", path: "Film/readme.txt", isMatch: true, top: "Film"),
        Glob(pattern: "/readme.txt", path: "Film/Extras/readme.txt", isMatch: false, top: "Film"),
        Glob(pattern: "Extras/", path: "Film/Extras/a/b.mkv", isMatch: true, top: "Film"),
        Glob(pattern: "Extras/", path: "Film/Extras", isMatch: false, top: "Film"),
        Glob(pattern: "**/Sample/*", path: "Sample/a.mkv", isMatch: true),
        Glob(pattern: "**/Sample/*", path: "x/y/Sample/a.mkv", isMatch: true),
        Glob(pattern: "**/Sample/*", path: "x/NoSample/a.mkv", isMatch: false),
        Glob(pattern: "Film/**/a.mkv", path: "Film/a.mkv", isMatch: true),
        Glob(pattern: "Film/**/a.mkv", path: "Film/x/y/a.mkv", isMatch: true),
        Glob(pattern: "Film/**/a.mkv", path: "Film/xa.mkv", isMatch: false),
        Glob(pattern: "**", path: "a/b/c", isMatch: true),
        Glob(pattern: "a/***/b", path: "a/x/y/b", isMatch: true),
        Glob(pattern: "a/**", path: "a/b/c", isMatch: true),
        Glob(pattern: "a/**", path: "b/c", isMatch: false),
    ]

    @Test("a pattern and a path", arguments: globs)
    func glob(_ glob: Glob) {
        let include = FileSelection(include: [glob.pattern])
        #expect(include.wants(path: glob.path, top: glob.top) == glob.isMatch)
        let exclude = FileSelection(exclude: [glob.pattern])
        #expect(exclude.wants(path: glob.path, top: glob.top) != glob.isMatch)
    }

    @Test func excludeHasTheLastWord() {
        let selection = FileSelection(include: ["*.mkv", "*.srt"], exclude: ["*sample*", "Extras/"])
        let wanted = ["F/a.mkv", "F/a.sample.mkv", "F/Extras/b.mkv", "F/a.srt", "F/a.nfo"].filter {
            selection.wants(path: $0, top: "F")
        }
        #expect(wanted == ["F/a.mkv", "F/a.srt"])
        #expect(FileSelection().wants(path: "anything", top: nil))
    }

    @Test("stars upon stars cost no more than the length of the path times theirs", .timeLimit(.minutes(1)))
    func nothingBlowsUp() {
        let path = String(repeating: "a", count: 4_000)
        let stars = String(repeating: "*a", count: 200) + "b"
        #expect(!FileSelection(include: [stars]).wants(path: path, top: nil))
        let across = String(repeating: "**/", count: 200) + "b"
        let deep = String(repeating: "a/", count: 2_000) + "c"
        #expect(!FileSelection(include: [across]).wants(path: deep, top: nil))
    }
}
