// The floor TimeStepping.
