// The floor Training.
