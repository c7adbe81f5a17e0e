import Foundation

/// The matrix of a gate, or its derivative by one of the gate's angles, in real and imaginary parts.
///
/// Rows and columns count the gate's qubits with the first as the highest bit.
enum GateMatrix {
    /// On one qubit.
    case one(Matrix2)
    /// On the second qubit where the first is 1. The derivative of such a gate vanishes where the first is 0.
    case controlled(Matrix2)
    /// On two qubits.
    case two(Matrix4)

    /// A 2×2 matrix, row by row.
    struct Matrix2 {
        var re: SIMD4<Double>
        var im: SIMD4<Double>

        init(_ re: SIMD4<Double>, _ im: SIMD4<Double> = .zero) {
            self.re = re
            self.im = im
        }
    }

    /// A 4×4 matrix, row by row.
    struct Matrix4 {
        var re = SIMD16<Double>.zero
        var im = SIMD16<Double>.zero

        /// The diagonal matrix with the given entries.
        init(diagonal re: SIMD4<Double>, _ im: SIMD4<Double>) {
            for k in 0..<4 {
                self.re[5 * k] = re[k]
                self.im[5 * k] = im[k]
            }
        }

        /// `c − i s P` with `P` the matrix whose antidiagonal is given from the top row on.
        init(_ c: Double, _ s: Double, antidiagonal: SIMD4<Double>) {
            for k in 0..<4 {
                re[5 * k] = c
                im[3 * k + 3] = -s * antidiagonal[k]
            }
        }
    }

    /// The conjugate transpose.
    var adjoint: GateMatrix {
        func adjoint(_ m: Matrix2) -> Matrix2 {
            Matrix2(SIMD4(m.re[0], m.re[2], m.re[1], m.re[3]), SIMD4(-m.im[0], -m.im[2], -m.im[1], -m.im[3]))
        }
        switch self {
        case .one(let matrix): return .one(adjoint(matrix))
        case .controlled(let matrix): return .controlled(adjoint(matrix))
        case .two(let matrix):
            var result = matrix
            for row in 0..<4 {
                for column in 0..<4 {
                    result.re[4 * row + column] = matrix.re[4 * column + row]
                    result.im[4 * row + column] = -matrix.im[4 * column + row]
                }
            }
            return .two(result)
        }
    }

    /// The matrix of a gate with the given angles.
    init(_ gate: Gate, _ angles: SIMD3<Double>) {
        let half = angles[0] / 2
        self = Self.matrix(gate, angles, cos(half), sin(half), cos(angles[0]), sin(angles[0]))
    }

    /// The derivative of a gate's matrix by its angle `index`.
    init(derivativeOf gate: Gate, _ angles: SIMD3<Double>, by index: Int) {
        let half = angles[0] / 2
        let (c, s) = (cos(half), sin(half))
        switch gate {
        case .u: self = .one(Self.generalDerivative(angles, by: index))
        case .p: self = .one(Matrix2(SIMD4(0, 0, 0, -sin(angles[0])), SIMD4(0, 0, 0, cos(angles[0]))))
        case .cp: self = .controlled(Matrix2(SIMD4(0, 0, 0, -sin(angles[0])), SIMD4(0, 0, 0, cos(angles[0]))))
        default: self = Self.matrix(gate, angles, -s / 2, c / 2, 0, 0)
        }
    }

    /// The matrix with the cosine and sine `c`, `s` of half the angle, and `c1`, `s1` of the whole.
    private static func matrix(
        _ gate: Gate, _ angles: SIMD3<Double>, _ c: Double, _ s: Double, _ c1: Double, _ s1: Double
    ) -> GateMatrix {
        let rx = Matrix2(SIMD4(c, 0, 0, c), SIMD4(0, -s, -s, 0))
        let ry = Matrix2(SIMD4(c, -s, s, c))
        let rz = Matrix2(SIMD4(c, 0, 0, c), SIMD4(-s, 0, 0, s))
        let phase = Matrix2(SIMD4(1, 0, 0, c1), SIMD4(0, 0, 0, s1))
        let x = Matrix2(SIMD4(0, 1, 1, 0))
        let y = Matrix2(.zero, SIMD4(0, -1, 1, 0))
        let z = Matrix2(SIMD4(1, 0, 0, -1))
        let r = 0.5.squareRoot()
        switch gate {
        case .id: return .one(Matrix2(SIMD4(1, 0, 0, 1)))
        case .x: return .one(x)
        case .y: return .one(y)
        case .z: return .one(z)
        case .h: return .one(Matrix2(SIMD4(r, r, r, -r)))
        case .s: return .one(Matrix2(SIMD4(1, 0, 0, 0), SIMD4(0, 0, 0, 1)))
        case .sdg: return .one(Matrix2(SIMD4(1, 0, 0, 0), SIMD4(0, 0, 0, -1)))
        case .t: return .one(Matrix2(SIMD4(1, 0, 0, r), SIMD4(0, 0, 0, r)))
        case .tdg: return .one(Matrix2(SIMD4(1, 0, 0, r), SIMD4(0, 0, 0, -r)))
        case .sx: return .one(Matrix2(SIMD4(0.5, 0.5, 0.5, 0.5), SIMD4(0.5, -0.5, -0.5, 0.5)))
        case .rx: return .one(rx)
        case .ry: return .one(ry)
        case .rz: return .one(rz)
        case .p: return .one(phase)
        case .u: return .one(general(angles))
        case .cx: return .controlled(x)
        case .cy: return .controlled(y)
        case .cz: return .controlled(z)
        case .cp: return .controlled(phase)
        case .crx: return .controlled(rx)
        case .cry: return .controlled(ry)
        case .crz: return .controlled(rz)
        case .swap:
            var swap = Matrix4(diagonal: SIMD4(1, 0, 0, 1), .zero)
            swap.re[6] = 1
            swap.re[9] = 1
            return .two(swap)
        case .rxx: return .two(Matrix4(c, s, antidiagonal: SIMD4(1, 1, 1, 1)))
        case .ryy: return .two(Matrix4(c, s, antidiagonal: SIMD4(-1, 1, 1, -1)))
        case .rzz: return .two(Matrix4(diagonal: SIMD4(c, c, c, c), SIMD4(-s, s, s, -s)))
        }
    }

    /// `U(θ, φ, λ) = [[cos θ/2, −e^{iλ} sin θ/2], [e^{iφ} sin θ/2, e^{i(φ+λ)} cos θ/2]]`.
    private static func general(_ angles: SIMD3<Double>) -> Matrix2 {
        let (theta, phi, lambda) = (angles[0], angles[1], angles[2])
        let (c, s) = (cos(theta / 2), sin(theta / 2))
        return Matrix2(
            SIMD4(c, -cos(lambda) * s, cos(phi) * s, cos(phi + lambda) * c),
            SIMD4(0, -sin(lambda) * s, sin(phi) * s, sin(phi + lambda) * c))
    }

    private static func generalDerivative(_ angles: SIMD3<Double>, by index: Int) -> Matrix2 {
        let (theta, phi, lambda) = (angles[0], angles[1], angles[2])
        let (c, s) = (cos(theta / 2), sin(theta / 2))
        switch index {
        case 0:
            return Matrix2(
                0.5 * SIMD4(-s, -cos(lambda) * c, cos(phi) * c, -cos(phi + lambda) * s),
                0.5 * SIMD4(0, -sin(lambda) * c, sin(phi) * c, -sin(phi + lambda) * s))
        case 1:
            return Matrix2(
                SIMD4(0, 0, -sin(phi) * s, -sin(phi + lambda) * c), SIMD4(0, 0, cos(phi) * s, cos(phi + lambda) * c))
        default:
            return Matrix2(
                SIMD4(0, sin(lambda) * s, 0, -sin(phi + lambda) * c),
                SIMD4(0, -cos(lambda) * s, 0, cos(phi + lambda) * c))
        }
    }
}
