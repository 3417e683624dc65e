"""Numerical methods: arrays in, arrays out; nothing here knows of configuration, problems or training."""
