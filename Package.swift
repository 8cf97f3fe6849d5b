// swift-tools-version: 6.2
import PackageDescription

// The manifest enforces the directions of the architecture: the core (Metainfo, Reconciliation) imports
// nothing of ours above it, the means (JSON, HTTP) know no word of ours, the edges (Spool, Sourcing,
// QBittorrent, Store) do not know each other, and Daemon alone wires them together.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "qspool",
    products: [.executable(name: "qspool", targets: ["qspool"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C libraries of the distribution, imported by one target each.
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CSys"),
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),

        // Core: words and decisions.
        module("Metainfo", ["CCrypto"]),
        module("Reconciliation", ["Metainfo"]),

        // Means: they know no word of ours.
        module("JSON", ["CSimdJSON"]),
        module("HTTP", ["CCurl"]),

        // Edges: each knows the core and its own part of the world.
        module("Spool", ["Reconciliation", "Metainfo", "JSON", "CSys"]),
        module("Sourcing", ["Reconciliation", "Metainfo", "JSON", "HTTP"]),
        module("QBittorrent", ["Reconciliation", "Metainfo", "JSON", "HTTP", logging]),
        module("Store", ["Reconciliation", "Metainfo", "CLMDB"]),

        // Wiring.
        module(
            "Daemon",
            [
                "Reconciliation", "Metainfo", "JSON", "HTTP", "Spool", "Sourcing", "QBittorrent",
                "Store", "CYAML", "CSys", logging, signals,
            ]),
        .executableTarget(
            name: "qspool", dependencies: ["Daemon", "Reconciliation", "JSON", arguments],
            swiftSettings: settings),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: ["Reconciliation", "Metainfo", "JSON"], path: "Tests/TestSupport",
            swiftSettings: settings),
        tests("MetainfoTests", ["Metainfo", "TestSupport"]),
        tests("JSONTests", ["JSON", "TestSupport"]),
        tests("HTTPTests", ["HTTP", "TestSupport"]),
        tests("ReconciliationTests", ["Reconciliation", "Metainfo", "TestSupport"]),
        tests("SpoolTests", ["Spool", "Reconciliation", "Metainfo", "JSON", "TestSupport"]),
        tests(
            "SourcingTests",
            ["Sourcing", "Reconciliation", "Metainfo", "JSON", "HTTP", "TestSupport"]),
        tests(
            "QBittorrentTests",
            ["QBittorrent", "Reconciliation", "Metainfo", "JSON", "HTTP", "TestSupport"]),
        tests("StoreTests", ["Store", "Reconciliation", "Metainfo", "TestSupport"]),
        tests(
            "DaemonTests",
            [
                "Daemon", "QBittorrent", "Reconciliation", "Metainfo", "JSON", "HTTP", "TestSupport", logging,
            ]),
        tests("ServerTests", ["JSON", "Metainfo", "TestSupport"]),
        tests("TidyTests", ["TestSupport"]),
    ],
    cxxLanguageStandard: .cxx17
)
