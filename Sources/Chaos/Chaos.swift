// The floor Chaos.
