import CCrypto

/// The two digests of BitTorrent, computed by OpenSSL.
public enum Digest {
    /// SHA-1, 20 bytes.
    public static func sha1(_ bytes: [UInt8]) -> [UInt8] { sha1(bytes[...]) }

    /// SHA-1 of a part of an array, without copying it.
    public static func sha1(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.withUnsafeBytes { digest($0, EVP_sha1(), size: 20) }
    }

    /// SHA-256, 32 bytes.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] { sha256(bytes[...]) }

    /// SHA-256 of a part of an array, without copying it.
    public static func sha256(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.withUnsafeBytes { digest($0, EVP_sha256(), size: 32) }
    }

    private static func digest(
        _ bytes: UnsafeRawBufferPointer, _ algorithm: OpaquePointer?, size: Int
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            var written: UInt32 = 0
            let result = EVP_Digest(
                bytes.baseAddress, bytes.count, buffer.baseAddress, &written, algorithm, nil)
            // Fails only without memory or where the library forbids the algorithm; no identity can be had
            // then.
            precondition(result == 1 && written == UInt32(size), "OpenSSL computes SHA-1 and SHA-256")
            count = size
        }
    }
}
