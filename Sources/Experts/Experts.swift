// The floor Experts.
