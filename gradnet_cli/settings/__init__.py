"""What is typed becomes settings: catalog, composition, spelling, help, and the checks of single values."""
