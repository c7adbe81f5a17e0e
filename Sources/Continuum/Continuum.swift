// The floor Continuum.
