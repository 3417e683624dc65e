"""Names of the files of a run that are written in one place and read in another."""

EDGES = "edges.csv"
MANIFEST = "manifest.json"
STATUS = "status.json"
SUMMARY = "summary.json"
PRUNED = "edges_pruned.csv"
REMOVED = "edges_removed.csv"
