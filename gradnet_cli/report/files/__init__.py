"""The files of a run's directory, one format a module; each appears whole or not at all."""
