extension ModeLattice {
    /// The lattice with half as many frequencies more along the given axes.
    func grown(along axes: [Bool]) -> ModeLattice {
        ModeLattice(limits: zip(limits, axes).map { $1 ? $0 + max(2, $0 / 2) : $0 })
    }

    /// The frequencies that are left along each axis when it shrinks by a third, as long as eight and four degrees are left; otherwise
    /// all.
    func keptWhenShrunk(least degrees: [Int]) -> [Int] {
        zip(limits, degrees).map { limit, degree in
            let kept = 2 * limit / 3
            return kept >= max(limits.count == 1 ? 16 : 8, 4 * degree) ? kept : limit
        }
    }

    /// The lattice with a third fewer frequencies along the given axes, where they may shrink.
    func shrunk(where axes: [Bool], least degrees: [Int]) -> ModeLattice {
        let kept = keptWhenShrunk(least: degrees)
        return ModeLattice(limits: limits.indices.map { axes[$0] ? kept[$0] : limits[$0] })
    }
}
