/// The name that a reader may have meant.
package enum NearestName {
    /// The candidate with the fewest edits, when they are at most two and fewer than the name's letters.
    static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
        guard let best = nearest(to: name, among: candidates), best.edits <= 2, best.edits < name.count else {
            return nil
        }
        return best.name
    }

    /// The candidate with the fewest edits, however many; `nil` for very long names and without candidates.
    package static func nearest(
        to name: String, among candidates: some Sequence<String>
    ) -> (name: String, edits: Int)? {
        guard name.count <= 40 else { return nil }
        return candidates.map { ($0, edits(name, $0)) }.min { ($0.1, $0.0) < ($1.1, $1.0) }
    }

    /// The Levenshtein distance.
    private static func edits(_ a: String, _ b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let replaced = diagonal + (letter == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
