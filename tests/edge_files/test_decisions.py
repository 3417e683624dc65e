"""What a text file leaves open is decided by a stated rule and told, or refused."""

import gzip
from pathlib import Path

import pytest

from tests.edge_files.asking import pairs, read, refusal, said

PAIR = [("0", "1"), ("1", "2")]


class TestComments:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("net.txt", "# week\n0 1\n# weekend\n1 2\n"),
            ("net.txt", "% week\n0 1\n% weekend\n1 2\n%\n"),
            ("net.txt", "0\t1\n#weekend\n1\t2\n"),
            ("net.csv", "source,target\n0,1\n# weekend, holidays\n1,2\n"),
            ("net.csv", "0,1\n# weekend\n1,2\n"),
            ("net.csv", "source target\n0 1\n# weekend\n1 2\n"),
            ("net.csv", "source,target\n0,1\nsource,target\n1,2\n"),
            ("net.csv", "# source target weight\n0 1 5\n1 2 6\n"),
            ("net.csv", "#Target,Source\n1,0\n2,1\n"),
        ],
    )
    def test_they_are_no_edges(self, name: str, content: str) -> None:
        assert pairs(read(name, content)) == PAIR

    def test_names_that_begin_so_stay_names_under_a_header(self, told: pytest.LogCaptureFixture) -> None:
        content = "Source,Target\n#rust,#python\n#python,#c\n# a comment\n"
        assert pairs(read("net.csv", content)) == [("#rust", "#python"), ("#python", "#c")]
        assert "2 lines begin with # or % and a name" in said(told)

    def test_a_comment_with_as_many_cells_is_told(self, told: pytest.LogCaptureFixture) -> None:
        assert pairs(read("net.csv", "source,target\n0,1\n# weekend, holidays\n%%\n1,2\n")) == PAIR
        assert "1 lines that begin with # or % left out as comments" in said(told)

    def test_without_a_header_all_of_them_are_comments(self) -> None:
        assert "holds only comments: each line begins with # or %" in refusal("net.csv", "#a,#b\n#b,#c\n")

    def test_a_header_in_a_comment_names_the_columns(self, told: pytest.LogCaptureFixture) -> None:
        mask = read("net.txt", "# source target km\n0 1 5\n1 2 6\n", cost="km")
        assert mask.cost.tolist() == [5, 6]
        assert "columns named by the comment above them: source, target, km" in said(told)

    def test_a_repeated_header_is_told(self, told: pytest.LogCaptureFixture) -> None:
        read("net.csv", "Source,Target\n0,1\nSource,Target\n1,2\n")
        assert "1 lines that repeat the header left out (line 3)" in said(told)

    def test_a_header_with_other_columns_is_refused(self) -> None:
        content = "Source,Target,w\n0,1,5\nTarget,Source,w\n2,1,5\n"
        assert "net.csv, line 3: is a header, with other columns than above" in refusal("net.csv", content)


class TestDirections:
    TYPES = "Source,Target,Type\n0,1,Directed\n1,2,{}\n"

    @pytest.mark.parametrize("word", ["Orienté", "dirigido", "DIRECTED", " directed "])
    def test_words_for_directed(self, word: str) -> None:
        assert read("net.csv", self.TYPES.format(word)).directed

    @pytest.mark.parametrize(("word", "spelled"), [("", "empty"), ("road", "'road'")])
    def test_a_row_that_does_not_say(self, word: str, spelled: str) -> None:
        message = refusal("net.csv", self.TYPES.format(word))
        assert f"net.csv, line 3: Type is {spelled} and must be Directed or Undirected" in message
        assert read("net.csv", self.TYPES.format(word), directed=True).directed
        assert not read("net.csv", self.TYPES.format(word), directed=False).directed

    def test_words_that_mean_something_else(self, told: pytest.LogCaptureFixture) -> None:
        assert not read("net.csv", "Source,Target,Type\n0,1,road\n").directed
        assert "Type says 'road', not Directed or Undirected" in said(told)

    @pytest.mark.parametrize("word", ["1", "True", "true", "TRUE"])
    def test_truth_in_graphml(self, word: str) -> None:
        graph = '<graphml><graph edgedefault="undirected"><node id="0"/><node id="1"/>'
        edge = f'<edge source="1" target="0" directed="{word}"/></graph></graphml>'
        assert pairs(read("net.graphml", graph + edge)) == [("1", "0")]

    def test_no_truth_in_graphml(self) -> None:
        graph = '<graphml>\n<graph edgedefault="{}">\n<node id="0"/><node id="1"/>\n'
        edge = '<edge source="1" target="0" directed="yes"/></graph></graphml>'
        message = refusal("net.graphml", graph.format("directed") + edge)
        assert "net.graphml, line 4: directed is 'yes' and must be true or false" in message
        message = refusal("net.graphml", graph.format("both") + "</graph></graphml>")
        assert "net.graphml, line 2: edgedefault is 'both'" in message

    @pytest.mark.parametrize("header", ["From,Until,Source,Target", "from,to,Source,Target"])
    def test_years_are_no_ends(self, header: str) -> None:
        assert pairs(read("net.csv", f"{header}\n1990,1999,0,1\n1991,1999,1,2\n")) == PAIR

    def test_a_snap_file_says(self, told: pytest.LogCaptureFixture) -> None:
        content = "# Directed graph (each unordered pair of nodes is saved once): p2p.txt\n1 0\n2 1\n"
        assert pairs(read("net.txt", content)) == [("1", "0"), ("2", "1")]
        assert "directed, as the comment 'Directed graph' says" in said(told)
        assert not read("net.txt", content, directed=False).directed


class TestIds:
    def test_one_number_is_one_node(self, told: pytest.LogCaptureFixture) -> None:
        mask = read("net.csv", "source,target\n0.0,1\n1.0,2\n2.00,3e0\n3,+4\n")
        assert pairs(mask) == [("0", "1"), ("1", "2"), ("2", "3"), ("3", "4")]
        assert mask.labels is None
        assert "ids such as 1.0 or +1 are read as 1" in said(told)

    def test_among_names_they_are_refused(self) -> None:
        message = refusal("net.csv", "source,target\na,1\n1.0,b\n")
        assert "net.csv, line 3: the nodes 1 and 1.0 differ in spelling only" in message

    def test_versions_are_names(self) -> None:
        assert read("net.csv", "source,target\n1.1,1.10\n1.2,1.1\n").nodes == 3

    def test_node_files_too(self) -> None:
        Path("nodes.csv").write_text("Id,size\n2.0,7\n0.0,5\n1.0,6\n")
        mask = read("net.csv", "source,target\n0,1\n1,2\n", node_path="nodes.csv")
        assert mask.node_data["size"].tolist() == [5, 6, 7]

    def test_places_that_are_no_numbers_are_told(self, told: pytest.LogCaptureFixture) -> None:
        Path("nodes.csv").write_text('Id,x,y\n0,"1,5",0\n1,2,0\n2,3,0\nId,x,y\n')
        mask = read("net.csv", "source,target\n0,1\n1,2\n", node_path="nodes.csv")
        assert mask.positions is None
        assert "nodes.csv: 1 lines that repeat the header left out (line 5); no positions, for x" in said(
            told
        )

    def test_underscores_are_no_digits(self) -> None:
        message = refusal("net.csv", "source,target,w\n0,1,1_0\n", base="w")
        assert "w of edge 0-1 is '1_0' and must be a finite number" in message


class TestText:
    @pytest.mark.parametrize("name", ["net.txt", "net.csv", "net.edges"])
    @pytest.mark.parametrize(
        "content", ["0 1 1,5\n1 2 2,5\n", "0\t1\t1,5\n1\t2\t2,5\n", "0;1;1,5\n1;2;2,5\n"]
    )
    def test_decimal_commas_are_refused(self, name: str, content: str) -> None:
        message = refusal(name, content, base="weight")
        assert "decimal commas are not read" in message or "is '1,5' and must be a finite number" in message

    def test_lists_of_neighbours_are_refused(self) -> None:
        message = refusal("net.txt", "0 1 2\n1 2\n")
        assert "net.txt, line 2: has 2 cells, and other lines have more; there is no header" in message
        assert "net.txt, line 3: the target is missing" in refusal("net.txt", "0 1\n1 2\n2\n")

    def test_what_spreadsheets_say_of_their_delimiter(self) -> None:
        assert pairs(read("net.csv", "sep=;\nSource;Target;Label\n0;1;x, y\n1;2;z\n")) == PAIR

    def test_a_refusal_says_how_the_file_was_read(self) -> None:
        message = refusal("net.csv", "0.5,1\n1,2\n")
        assert "line 1: the edge 0-0 is a self-loop" in message
        assert message.endswith("read as an adjacency matrix without names")
        message = refusal("net.txt", "0 1 x\n1 2 3\n", base="weight")
        assert message.endswith("no header: columns read as Source, Target, Weight")

    def test_names_without_an_ending(self) -> None:
        assert pairs(read("net", "# a list\n0 1\n1 2\n")) == PAIR
        assert "net: must end in one of .csv" in refusal("net", "a b\nb c\n")

    def test_text_ids_without_a_header(self, told: pytest.LogCaptureFixture) -> None:
        message = refusal("net.csv", "a,b\nb,c\n")
        assert (
            "line 1: must begin with a header that names Source and Target, not 'a, b'; say header=false"
            in message
        )
        assert pairs(read("net.csv", "a,b\nb,c\n", header=False)) == [("a", "b"), ("b", "c")]
        assert not told.messages  # it was told by the settings
        assert pairs(read("net.ncol", "a b 1\nb c 2\n")) == [("a", "b"), ("b", "c")]
        assert "no header: columns read as Source, Target, Weight" in said(told)

    def test_a_header_of_other_words(self, told: pytest.LogCaptureFixture) -> None:
        mask = read("net.csv", "u,v,km\na,b,5\n", header=True, cost="km")
        assert (pairs(mask), mask.cost.tolist()) == ([("a", "b")], [5])
        assert "the ends are the first two columns, u and v" in said(told)

    @pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8", "cp1252"])
    def test_encodings_are_told(self, encoding: str) -> None:
        content = "Source,Target\nZürich,Genève\n"
        for packed in (lambda data: data, gzip.compress):
            mask = read("net.csv", packed(content.encode(encoding)), encoding=encoding)
            assert pairs(mask) == [("Zürich", "Genève")]

    def test_a_byte_order_mark_tells_too(self, told: pytest.LogCaptureFixture) -> None:
        assert pairs(read("net.csv", "Source,Target\nä,ö\n".encode("utf-16"))) == [("ä", "ö")]
        assert "read as UTF-16, as its byte-order mark says" in said(told)

    def test_a_null_byte_does_not_end_a_name(self) -> None:
        assert "net.csv, line 2: must be text, and holds a null byte" in refusal(
            "net.csv", "source,target\na,b\0c\n"
        )

    def test_columns_beyond_the_third_are_told(self, told: pytest.LogCaptureFixture) -> None:
        mask = read("net.edges", "% a list\n1 2 7 1082040961\n2 3 8 1082040962\n", base="weight")
        assert mask.base.tolist() == [7, 8]
        assert "no header: columns read as Source, Target, Weight, Time" in said(told)

    @pytest.mark.parametrize("value", ["utf-9", 3, "base64", ""])
    def test_encodings_that_are_none(self, value: object) -> None:
        assert "must be auto or the name of a text encoding" in refusal(
            "net.csv", "source,target\n0,1\n", encoding=value
        )

    @pytest.mark.parametrize(
        ("setting", "value", "message"),
        [
            ("format", "grahpml", "must be auto, edges, adjacency, graphml"),
            ("format", 3, "must be auto or one of edges"),
            ("header", "yes", "header = yes: must be true, false or auto"),
            ("self_loops", "keep", "self_loops = keep: must be refuse or drop"),
            ("parallel", True, "parallel = true: must be refuse or sum"),
        ],
    )
    def test_settings_that_are_none(self, setting: str, value: object, message: str) -> None:
        assert message in refusal("net.csv", "source,target\n0,1\n", **{setting: value})


class TestRules:
    def test_self_loops_are_dropped(self, told: pytest.LogCaptureFixture) -> None:
        content = "source,target\n0,0\n0,1\n1,1\n1,2\n"
        assert "line 2: the edge 0-0 is a self-loop" in refusal("net.csv", content)
        assert pairs(read("net.csv", content, self_loops="drop")) == PAIR
        assert "2 self-loops left out" in said(told)
        assert "the file has self-loops only" in refusal("net.csv", "source,target\n0,0\n", self_loops="drop")

    def test_parallel_edges_are_added_up(self, told: pytest.LogCaptureFixture) -> None:
        content = "source,target,w,c\n0,1,2,5\n1,0,3,4\n1,2,1,1\n"
        assert "line 3: the edge 1-0 has the weight 3, and on line 2 2" in refusal(
            "net.csv", content, base="w"
        )
        mask = read("net.csv", content, base="w", cost="c", parallel="sum")
        assert (mask.base.tolist(), mask.cost.tolist()) == ([5, 1], [4, 1])
        assert "1 rows repeat an edge: weights added up, the lowest cost counts" in said(told)
        mask = read("net.csv", content, base="w", directed=True, parallel="sum")
        assert mask.base.tolist() == [2, 3, 1]

    def test_rows_that_repeat_an_edge_are_told(self, told: pytest.LogCaptureFixture) -> None:
        assert pairs(read("net.csv", "source,target\n0,1\n1,0\n1,2\n")) == PAIR
        assert "1 rows repeat an edge, which counts once" in said(told)

    def test_settings_that_a_format_has_no_use_for_are_told(self, told: pytest.LogCaptureFixture) -> None:
        graph = '<graphml><graph edgedefault="directed"><node id="0"/><node id="1"/>{}</graph></graphml>'
        read("net.graphml", graph.format('<edge source="0" target="1"/>'), header=True)
        assert "header has no effect on a file of this format" in said(told)
        told.clear()
        read("net.csv", "source,target\n0,1\n", header=True, encoding="utf-8")
        assert not told.messages

    def test_a_file_that_says_all_is_not_spoken_of(self, told: pytest.LogCaptureFixture) -> None:
        read("net.csv", "Source,Target,Type,Weight\n0,1,Undirected,1\n1,2,Undirected,2\n")
        assert not told.messages
