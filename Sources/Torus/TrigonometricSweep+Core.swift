import CLanes

extension TrigonometricSweep {
    /// What a sweep's workers share, and the work on 32 points.
    ///
    /// A worker's memory is the rows of `SharedProducts`, after them a mask and the sums of the moments.
    struct Core: @unchecked Sendable {
        typealias Lanes = SIMD8<Double>
        typealias Row = UnsafeMutablePointer<FourBlocks>

        /// Points that are worked on at once.
        static let width = 32

        /// Where sines and cosines come from.
        enum Source {
            case points, pointsToKeep, kept
        }

        private struct Axis {
            let harmonics: Int
            let offset: Int
        }

        let count: Int
        let keepsCircle: Bool
        private let rowCount: Int
        private let functionCount: Int
        private let stride: Int
        private let axes: UnsafeMutableBufferPointer<Axis>
        private let products: UnsafeMutableBufferPointer<SharedProducts.Pair>
        private let monomials: UnsafeMutableBufferPointer<SharedProducts.Pair>
        private let adjoints: UnsafeMutableBufferPointer<SharedProducts.Adjoint>
        private let pairs: UnsafeMutableBufferPointer<SharedProducts.Pair>
        /// `cos θ_p` and `sin θ_p` of every point: rows `2p` and `2p + 1`, each padded to whole widths.
        private let circle: Row
        /// The weight of each monomial, and 0.
        private let weights: UnsafeMutablePointer<Double>
        /// `−|k|²` of each monomial, and the same times its weight.
        private let curvatures: UnsafeMutablePointer<Double>
        private let curvatureWeights: UnsafeMutablePointer<Double>

        init(_ shared: SharedProducts, count: Int) {
            func copy<Element>(_ elements: [Element]) -> UnsafeMutableBufferPointer<Element> {
                let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
                _ = buffer.initialize(from: elements)
                return buffer
            }
            let basis = shared.basis
            self.count = count
            rowCount = shared.rowCount
            functionCount = shared.functionCount
            axes = copy(zip(shared.harmonics, shared.offsets).map { Axis(harmonics: $0, offset: $1) })
            products = copy(shared.products)
            monomials = copy(shared.monomials)
            adjoints = copy(shared.adjoints)
            pairs = copy(shared.pairs)
            stride = (count + Self.width - 1) / Self.width
            let length = 2 * basis.dimension * stride
            keepsCircle = length * MemoryLayout<FourBlocks>.size <= TrigonometricSweep.circleLimit
            circle = .allocateLines(capacity: keepsCircle ? max(1, length) : 1)
            weights = .allocateLines(capacity: basis.count + 1)
            weights.initialize(repeating: 0, count: basis.count + 1)
            curvatures = .allocateLines(capacity: max(1, basis.count))
            curvatureWeights = .allocateLines(capacity: max(1, basis.count))
            for (m, monomial) in basis.monomials.enumerated() {
                curvatures[m] = -monomial.factors.reduce(0) { $0 + Double($1.harmonic * $1.harmonic) }
                curvatureWeights[m] = 0
            }
        }

        func deallocate() {
            axes.deallocate()
            products.deallocate()
            monomials.deallocate()
            adjoints.deallocate()
            pairs.deallocate()
            circle.deallocate()
            weights.deallocate()
            curvatures.deallocate()
            curvatureWeights.deallocate()
        }

        /// Asks for the numbers of the points from `first` on, which are in many places.
        @inline(__always)
        func prefetch(_ numbers: UnsafePointer<Double>, at first: Int) {
            for p in 0..<axes.count {
                let axis = numbers + (p &* count &+ first)
                for block in 0..<4 { kac_prefetch(axis + 8 &* block) }
            }
        }

        /// The rows that a worker needs.
        var scratchLength: Int { rowCount + 1 + (monomials.count + 3) / 4 }

        /// The sums of the moments in a worker's memory.
        @inline(__always)
        func momentSums(_ rows: Row) -> UnsafeMutablePointer<Lanes> {
            UnsafeMutableRawPointer(rows + rowCount + 1).assumingMemoryBound(to: Lanes.self)
        }

        func load(weights: UnsafePointer<Double>, scale: Double) {
            for m in 0..<monomials.count { self.weights[m] = scale * weights[m] }
        }

        func loadLaplacian(weights: UnsafePointer<Double>) {
            for m in 0..<monomials.count { curvatureWeights[m] = curvatures[m] * weights[m] }
        }

        /// Writes the functions of the points from `first` on; lanes beyond the last point hold those of 0.
        @inline(__always)
        func fill(_ rows: Row, _ points: UnsafePointer<Double>, at first: Int, source: Source) {
            for p in 0..<axes.count {
                let row = rows + axes[p].offset
                let cosines = circle + (2 &* p &* stride &+ first / Self.width)
                if source == .kept {
                    row[0] = cosines[0]
                    row[1] = cosines[stride]
                } else {
                    let angles = points + (p &* count &+ first)
                    let cosine = UnsafeMutableRawPointer(row).assumingMemoryBound(to: Lanes.self)
                    for block in 0..<4 {
                        let angle = load(angles + 8 &* block, lanes: count &- first &- 8 &* block)
                        (cosine[4 &+ block], cosine[block]) = sineCosine(angle)
                    }
                    if source == .pointsToKeep {
                        cosines[0] = row[0]
                        cosines[stride] = row[1]
                    }
                }
                // Angle addition for the others.
                for k in Swift.stride(from: 1, to: axes[p].harmonics, by: 1) {
                    let here = row + 2 &* k
                    here[0] = here[-2] * row[0] - here[-1] * row[1]
                    here[1] = here[-1] * row[0] + here[-2] * row[1]
                }
            }
        }

        @inline(__always)
        private func load(_ angles: UnsafePointer<Double>, lanes: Int) -> Lanes {
            if lanes >= 8 { return UnsafeRawPointer(angles).loadUnaligned(as: Lanes.self) }
            var block = Lanes()
            for lane in 0..<max(0, lanes) { block[lane] = angles[lane] }
            return block
        }

        /// Writes the products of the functions filled in.
        @inline(__always)
        private func multiply(_ rows: Row) {
            rows[functionCount] = FourBlocks(repeating: 1)
            let out = rows + functionCount + 1
            for n in 0..<products.count { out[n] = rows[products[n].first] * rows[products[n].second] }
        }

        /// Adds the monomials at the points filled in to the sums.
        @inline(__always)
        func addMonomials(_ rows: Row, lanes: Int, masses: UnsafePointer<Double>?) {
            multiply(rows)
            let sums = momentSums(rows)
            if lanes >= Self.width, masses == nil {
                for m in 0..<monomials.count {
                    let monomial = monomials[m]
                    let first = rows[monomial.first]
                    let isLone = monomial.second == functionCount
                    sums[m] = sums[m] + (isLone ? first.sum : (first * rows[monomial.second]).sum)
                }
                return
            }
            // Lanes beyond the last point must not count.
            let mask = rows + rowCount
            let flags = UnsafeMutableRawPointer(mask).assumingMemoryBound(to: Double.self)
            for lane in 0..<Self.width { flags[lane] = lane < lanes ? masses.map { $0[lane] } ?? 1 : 0 }
            for m in 0..<monomials.count {
                sums[m] = sums[m] + (mask[0] * (rows[monomials[m].first] * rows[monomials[m].second])).sum
            }
        }

        /// Writes the derivatives by the functions at the points filled in.
        @inline(__always)
        func differentiate(_ rows: Row) {
            multiply(rows)
            let out = rows + (functionCount &+ 1 &+ products.count)
            for place in 0..<adjoints.count {
                let adjoint = adjoints[place]
                var total = FourBlocks(repeating: weights[adjoint.weight])
                for n in adjoint.begin..<adjoint.middle {
                    total = total + weights[pairs[n].first] * rows[pairs[n].second]
                }
                for n in adjoint.middle..<adjoint.end {
                    total = total + rows[pairs[n].first] * rows[pairs[n].second]
                }
                out[place] = total
            }
        }

        /// Writes the Laplacian after the rows of the gradient.
        @inline(__always)
        func storeLaplacian(_ rows: Row, to result: UnsafeMutablePointer<Double>, at first: Int, lanes: Int) {
            var sum = FourBlocks(repeating: 0)
            for m in 0..<monomials.count {
                sum = sum + curvatureWeights[m] * (rows[monomials[m].first] * rows[monomials[m].second])
            }
            let out = result + (axes.count &* count &+ first)
            if lanes >= Self.width {
                UnsafeMutableRawPointer(out).storeBytes(of: sum, as: FourBlocks.self)
            } else {
                let spare = rows + rowCount
                spare[0] = sum
                let numbers = UnsafeMutableRawPointer(spare).assumingMemoryBound(to: Double.self)
                for lane in 0..<lanes { out[lane] = numbers[lane] }
            }
        }

        /// Writes the derivatives by the angles, from those by the functions.
        @inline(__always)
        func storeSlopes(_ rows: Row, to result: UnsafeMutablePointer<Double>, at first: Int, lanes: Int) {
            for p in 0..<axes.count {
                let row = rows + axes[p].offset
                let slopes = row + (rowCount &- functionCount)
                var slope = FourBlocks(repeating: 0)
                for k in 0..<axes[p].harmonics {
                    let (cosine, sine) = (2 &* k, 2 &* k &+ 1)
                    slope = slope + Double(k &+ 1) * (row[cosine] * slopes[sine] - row[sine] * slopes[cosine])
                }
                let out = result + (p &* count &+ first)
                if lanes >= Self.width {
                    UnsafeMutableRawPointer(out).storeBytes(of: slope, as: FourBlocks.self)
                } else {
                    slopes[0] = slope
                    let numbers = UnsafeMutableRawPointer(slopes).assumingMemoryBound(to: Double.self)
                    for lane in 0..<lanes { out[lane] = numbers[lane] }
                }
            }
        }
    }
}
