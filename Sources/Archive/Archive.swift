// The floor Archive.
