"""Write the files of this folder with the tools themselves: `python tests/edge_files/made/write.py`.

All hold one network, so that one test reads them all. igraph is needed for its files only. The files
"""

import gzip
import json
from pathlib import Path

import networkx as nx
import numpy as np
import scipy.io
import scipy.sparse

HERE = Path(__file__).parent
EDGES = [(0, 1, 1.5), (0, 2, 2.0), (1, 2, 0.25), (2, 3, 4.0), (3, 4, 1.0), (3, 5, 8.0), (4, 5, 0.5)]


def write_networkx(graph: nx.Graph, stem: str) -> None:
    nx.write_graphml(graph, HERE / f"{stem}.graphml")
    nx.write_gexf(graph, HERE / f"{stem}.gexf")
    nx.write_gml(graph, HERE / f"{stem}.gml")
    nx.write_pajek(graph, HERE / f"{stem}.net")
    nx.write_edgelist(graph, HERE / f"{stem}.edgelist")
    nx.write_weighted_edgelist(graph, HERE / f"{stem}_weighted.edgelist")
    (HERE / f"{stem}.json").write_text(json.dumps(nx.node_link_data(graph, edges="links"), indent=1))


def write_pandas(graph: nx.Graph, stem: str) -> None:
    frame = nx.to_pandas_edgelist(graph)
    frame.to_csv(HERE / f"{stem}_edges.csv")
    floats = frame.astype(float)
    floats.to_csv(HERE / f"{stem}_floats.csv.gz", index=False, compression={"method": "gzip", "mtime": 0})
    nx.to_pandas_adjacency(graph).to_csv(HERE / f"{stem}_adjacency.csv")


def write_scipy(graph: nx.Graph, stem: str) -> None:
    matrix = nx.to_scipy_sparse_array(graph, nodelist=range(6))
    scipy.io.mmwrite(HERE / f"{stem}.mtx", matrix)
    scipy.io.mmwrite(HERE / f"{stem}_array.mtx", matrix.toarray())
    scipy.sparse.save_npz(HERE / f"{stem}.npz", matrix)
    np.savetxt(HERE / f"{stem}_adjacency.txt", matrix.toarray())


def write_igraph(stem: str, *, directed: bool) -> None:
    import igraph

    graph = igraph.Graph(6, [edge[:2] for edge in EDGES], directed=directed)
    graph.es["weight"] = [edge[2] for edge in EDGES]
    graph.write_graphml(str(HERE / f"{stem}.graphml"))
    graph.write_gml(str(HERE / f"{stem}.gml"))
    graph.write_pajek(str(HERE / f"{stem}.net"))
    graph.write_edgelist(str(HERE / f"{stem}.edgelist"))
    graph.vs["name"] = [str(k) for k in range(6)]
    graph.write_ncol(str(HERE / f"{stem}.ncol"))
    (HERE / f"{stem}.graphml.gz").write_bytes(gzip.compress((HERE / f"{stem}.graphml").read_bytes(), mtime=0))


if __name__ == "__main__":
    for kind, empty in (("undirected", nx.Graph), ("directed", nx.DiGraph)):
        graph = empty()
        graph.add_weighted_edges_from(EDGES)
        write_networkx(graph, f"networkx_{kind}")
        write_pandas(graph, f"pandas_{kind}")
        write_scipy(graph, f"scipy_{kind}")
        try:
            write_igraph(f"igraph_{kind}", directed=kind == "directed")
        except ImportError:
            print("igraph is not installed: its files are left as they are")
