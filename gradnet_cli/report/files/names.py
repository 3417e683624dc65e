"""Names of the files of a run that are written in one place and read in another."""

EDGES = "edges.csv"
LEARNED = "learned.npz"  # what the objective has learned beside the network, by name
MANIFEST = "manifest.json"
STATUS = "status.json"
SUMMARY = "summary.json"
PROBLEM = "problem.npz"  # of a result that Python saved: runs have a configuration to build it from
PRUNED = "edges_pruned.csv"
REMOVED = "edges_removed.csv"
