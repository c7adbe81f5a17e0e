/// Lists of factors, two of which become one product wherever they stand together.
struct FactorSharing {
    /// The factors of each list.
    private(set) var lists: [[Int]]
    /// The factors of each product.
    private(set) var products: [SharedProducts.Pair] = []
    private let firstProduct: Int

    /// Two factors, the smaller one first.
    private struct Key: Hashable, Comparable {
        let first: Int
        let second: Int

        init(_ a: Int, _ b: Int) { (first, second) = (min(a, b), max(a, b)) }

        static func < (a: Key, b: Key) -> Bool { (a.first, a.second) < (b.first, b.second) }
    }

    /// Lists of factors with different numbers.
    ///
    /// - Parameter firstProduct: the number of the first product as a factor, larger than those of all factors.
    init(_ lists: [[Int]], firstProduct: Int) {
        self.lists = lists
        self.firstProduct = firstProduct
    }

    /// The pairs of factors of the lists that have more than two.
    var pairCount: Int { lists.reduce(0) { $0 + ($1.count > 2 ? $1.count * ($1.count - 1) / 2 : 0) } }

    /// Makes a product of the pair that most lists of more than two factors hold, until no two of them hold the same.
    ///
    /// - Complexity: `O(Σ s²)` in the numbers `s` of factors.
    mutating func shareFrequentPairs() {
        // The lists that held a pair at some time, and the number of those that hold it.
        var holders = [Key: [Int]]()
        var counts = [Key: Int]()
        for (index, list) in lists.enumerated() where list.count > 2 {
            for (place, a) in list.enumerated() {
                for b in list[(place + 1)...] {
                    holders[Key(a, b), default: []].append(index)
                    counts[Key(a, b), default: 0] += 1
                }
            }
        }
        // Pairs by their count, which only falls: one that is out of date is put where it belongs when its turn comes. Sorted, since
        // the order of a dictionary is another one in every process.
        var queue = [[Key]](repeating: [], count: 1 + (counts.values.max() ?? 0))
        for (key, count) in counts { queue[count].append(key) }
        for count in queue.indices { queue[count].sort(by: >) }
        var count = queue.count - 1
        while count >= 2 {
            guard let key = queue[count].popLast() else {
                count -= 1
                continue
            }
            let present = counts[key] ?? 0
            if present < count {
                queue[present].append(key)
                continue
            }
            let product = append(key)
            var fresh = [Key]()
            for index in holders[key] ?? [] {
                let list = lists[index]
                guard list.count > 2, list.contains(key.first), list.contains(key.second) else { continue }
                let others = list.filter { $0 != key.first && $0 != key.second }
                lists[index] = others + [product]
                for other in others {
                    counts[Key(key.first, other), default: 0] -= 1
                    counts[Key(key.second, other), default: 0] -= 1
                }
                // A list of two is done.
                guard others.count > 1 else { continue }
                for other in others {
                    let pair = Key(other, product)
                    if holders[pair] == nil { fresh.append(pair) }
                    holders[pair, default: []].append(index)
                    counts[pair, default: 0] += 1
                }
            }
            for pair in fresh.sorted(by: >) { queue[counts[pair] ?? 0].append(pair) }
        }
    }

    /// Makes products of the first two factors of lists of more than two until none is left; the same two are the same product.
    ///
    /// - Complexity: `O(Σ s)`.
    mutating func shareFirstPairs() {
        var known = [Key: Int]()
        for (index, pair) in products.enumerated() { known[Key(pair.first, pair.second)] = firstProduct + index }
        for index in lists.indices {
            while lists[index].count > 2 {
                let key = Key(lists[index][0], lists[index][1])
                let product = known[key] ?? append(key)
                known[key] = product
                lists[index].replaceSubrange(0..<2, with: CollectionOfOne(product))
            }
        }
    }

    private mutating func append(_ key: Key) -> Int {
        products.append(.init(first: key.first, second: key.second))
        return firstProduct + products.count - 1
    }
}
