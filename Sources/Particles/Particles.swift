// The floor Particles.
