// The floor Transport.
