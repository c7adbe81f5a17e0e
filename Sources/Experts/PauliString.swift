/// A tensor product of Pauli matrices on any number of qubits, without a sign.
///
/// ```swift
/// let string = PauliString(x: 0b010, z: 0b110)    // Y1 Z2
/// ```
///
/// Qubit `q` carries X when only bit `q` of `x` is set, Z when only that of `z` is, Y when both are, and the identity
/// otherwise. As an operator it is `i^{|x∧z|} X^x Z^z`, which is Hermitian.
public struct PauliString: Sendable, Hashable {
    /// What stands on qubits 64·k to 64·k + 63, as far as the last one that is not the identity.
    private let words: [PauliWord]

    /// The string on the first 64 qubits with the given bit masks.
    public init(x: UInt64 = 0, z: UInt64 = 0) { self.init(words: [PauliWord(x: x, z: z)]) }

    /// The string that has X or Y on some qubits, and Z or Y on some.
    init(flipping x: some Sequence<Int>, signing z: some Sequence<Int>) {
        var masks: [(x: UInt64, z: UInt64)] = []
        func mask(_ qubit: Int) -> (word: Int, bit: UInt64) {
            let word = qubit / UInt64.bitWidth
            while masks.count <= word { masks.append((0, 0)) }
            return (word, 1 << UInt64(qubit % UInt64.bitWidth))
        }
        for place in x.map(mask) { masks[place.word].x |= place.bit }
        for place in z.map(mask) { masks[place.word].z |= place.bit }
        self.init(words: masks.map { PauliWord(x: $0.x, z: $0.z) })
    }

    private init(words: [PauliWord]) {
        let used = words.lastIndex { $0.x | $0.z != 0 }.map { $0 + 1 } ?? 0
        self.words = Array(words.prefix(used))
    }

    /// The identity.
    public static let identity = PauliString()

    /// Which of the first 64 qubits have X or Y, as a mask.
    public var x: UInt64 { words.first?.x ?? 0 }

    /// Which of the first 64 qubits have Z or Y, as a mask.
    public var z: UInt64 { words.first?.z ?? 0 }

    /// One past the last qubit that is not the identity.
    public var width: Int {
        guard let last = words.last else { return 0 }
        return UInt64.bitWidth * words.count - (last.x | last.z).leadingZeroBitCount
    }

    /// The qubits that are not the identity, ascending.
    public var qubits: [Int] { qubits { $0.x | $0.z } }

    private func qubits(_ mask: (PauliWord) -> UInt64) -> [Int] {
        words.enumerated().flatMap { index, word in
            let bits = mask(word)
            return (0..<UInt64.bitWidth).compactMap { bits >> UInt64($0) & 1 == 1 ? UInt64.bitWidth * index + $0 : nil }
        }
    }

    /// X, Y or Z on each qubit that is not the identity, ascending.
    var letters: [(qubit: Int, letter: Character)] {
        let flips = Set(qubits { $0.x })
        let signs = Set(qubits { $0.z })
        return qubits.map { ($0, flips.contains($0) ? signs.contains($0) ? "Y" : "X" : "Z") }
    }

    /// The string with its qubits called by their places in a list.
    ///
    /// - Precondition: the list has all of `qubits`.
    func placed(in list: [Int]) -> PauliString {
        let places = Dictionary(uniqueKeysWithValues: list.enumerated().map { ($1, $0) })
        return PauliString(
            flipping: qubits { $0.x }.compactMap { places[$0] }, signing: qubits { $0.z }.compactMap { places[$0] })
    }
}

extension PauliString: Comparable {
    /// By the masks `(x, z)`, those of the last qubits first.
    public static func < (a: PauliString, b: PauliString) -> Bool {
        if a.words.count != b.words.count { return a.words.count < b.words.count }
        for (one, other) in zip(a.words, b.words).reversed() where one != other {
            return (one.x, one.z) < (other.x, other.z)
        }
        return false
    }
}

extension PauliString: CustomStringConvertible {
    /// A text such as `X1 Z2`, and `I` for the identity.
    public var description: String {
        self == .identity ? "I" : letters.map { "\($0.letter)\($0.qubit)" }.joined(separator: " ")
    }
}
