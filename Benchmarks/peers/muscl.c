// MUSCL with van Leer's limiter and Heun's method on n × n cells, as one writes it in C: stored face velocities, one flux a face,
// rows that a compiler turns into vector code (gcc -O3 -march=native). θ₀ runs along rows.
#include <stdlib.h>

// Half of the harmonic mean.
static inline double slope(double a, double b) {
    double product = a * b;
    return product <= 0 ? 0 : product / (a + b);
}

static void stage(int n, const double *restrict source, const double *restrict base, double *restrict next,
                  const double *vx, const double *vy, double *fx, double *fy, double *ghost, double weight, double ratio) {
    for (int j = 0; j < n; j++) {
        const double *below = source + (size_t)((j + n - 1) % n) * n, *row = source + (size_t)j * n;
        const double *above = source + (size_t)((j + 1) % n) * n, *second = source + (size_t)((j + 2) % n) * n;
        const double *v = vy + (size_t)j * n, *w = vx + (size_t)j * n;
        double *restrict f = fy + (size_t)j * n, *restrict g = fx + (size_t)j * n;
        for (int i = 0; i < n; i++) {
            double a = v[i] > 0 ? row[i] - below[i] : second[i] - above[i];
            double s = slope(a, above[i] - row[i]);
            f[i] = v[i] * (v[i] > 0 ? row[i] + s : above[i] - s);
        }
        for (int i = 0; i < n; i++) ghost[i + 1] = row[i];
        ghost[0] = row[n - 1];
        ghost[n + 1] = row[0];
        ghost[n + 2] = row[1];
        for (int i = 0; i < n; i++) {
            double a = w[i] > 0 ? ghost[i + 1] - ghost[i] : ghost[i + 3] - ghost[i + 2];
            double s = slope(a, ghost[i + 2] - ghost[i + 1]);
            g[i] = w[i] * (w[i] > 0 ? ghost[i + 1] + s : ghost[i + 2] - s);
        }
    }
    for (int j = 0; j < n; j++) {
        const double *f0 = fy + (size_t)((j + n - 1) % n) * n, *f1 = fy + (size_t)j * n, *g = fx + (size_t)j * n;
        const double *row = source + (size_t)j * n, *old = base + (size_t)j * n;
        double *restrict out = next + (size_t)j * n;
        double rest = 1 - weight;
        out[0] = rest * old[0] + weight * (row[0] + ratio * (g[n - 1] - g[0] + f0[0] - f1[0]));
        for (int i = 1; i < n; i++)
            out[i] = rest * old[i] + weight * (row[i] + ratio * (g[i - 1] - g[i] + f0[i] - f1[i]));
    }
}

// Takes `steps` steps; vx and vy are the velocities through the upper faces along θ₀ and θ₁, ratio is Δt/h.
void solve(int n, int steps, double ratio, double *state, const double *vx, const double *vy) {
    size_t cells = (size_t)n * n;
    double *memory = malloc((3 * cells + n + 4) * sizeof(double));
    double *middle = memory, *fx = memory + cells, *fy = memory + 2 * cells, *ghost = memory + 3 * cells;
    for (int step = 0; step < steps; step++) {
        stage(n, state, state, middle, vx, vy, fx, fy, ghost, 1, ratio);
        stage(n, middle, state, state, vx, vy, fx, fy, ghost, 0.5, ratio);
    }
    free(memory);
}
