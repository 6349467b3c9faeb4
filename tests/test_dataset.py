import pytest
from pyoxigraph import Store

from claimgraph.dataset import Layout, load, load_into, root
from claimgraph.errors import BadTurtle, UsageError

TURTLE = '@prefix x: <http://x.example/> .\nx:a x:b [ x:c ( "one (1)" _:label ) ] .\n_:label x:d x:e .\n'


def dataset(folder, **files):
    (folder / "ontology").mkdir(parents=True)
    (folder / "data/ttl/dossier").mkdir(parents=True)
    for name, text in files.items():
        (folder / "data/ttl/dossier" / f"{name}.ttl").write_text(text, encoding="utf-8")
    return Layout(folder)


def quads(layout):
    return [str(quad) for file in layout.graphs() for quad in load(file)]


def test_finds_the_dataset_of_the_checkout():
    assert (root() / "pyproject.toml").is_file()


def test_names_the_graph_of_a_file_by_its_path(tmp_path):
    layout = Layout(dataset(tmp_path).root, "https://x.example/")
    names = {
        "data/ttl/iskander-shusha/claims.ttl": "https://x.example/graph/iskander-shusha/claims",
        "ontology/claims.ttl": "https://x.example/graph/ontology/claims",
        "ontology/shapes/claims.ttl": "https://x.example/graph/ontology/shapes/claims",
        "data/ttl/a b/<c>.ttl": "https://x.example/graph/a%20b/%3Cc%3E",
    }
    assert {path: layout.graph_name(path).value for path in names} == names


def test_refuses_a_folder_that_is_no_dataset(tmp_path):
    with pytest.raises(UsageError, match="is no dataset"):
        Layout(tmp_path)


def test_lists_files_in_the_same_order_however_they_were_written(tmp_path):
    one = dataset(tmp_path / "one", b="", a="", c="")
    other = dataset(tmp_path / "other", c="", b="", a="")
    assert [file.relative for file in one.files()] == [file.relative for file in other.files()]


def test_a_link_that_goes_round_in_a_circle_is_not_followed(tmp_path):
    layout = dataset(tmp_path, a=TURTLE)
    (tmp_path / "data/ttl/dossier/again").symlink_to(tmp_path / "data")
    assert [file.relative for file in layout.graphs()] == ["data/ttl/dossier/a.ttl"]


def test_blank_nodes_are_named_alike_wherever_the_dataset_lies(tmp_path):
    one, other = dataset(tmp_path / "one", a=TURTLE), dataset(tmp_path / "deep/other", a=TURTLE)
    assert quads(one) == quads(other)


def test_blank_nodes_of_two_files_are_different(tmp_path):
    layout = dataset(tmp_path, a="_:x <http://x.example/p> 1 .", b="_:x <http://x.example/p> 1 .")
    assert len({quad.split()[0] for quad in quads(layout)}) == 2


def test_loading_into_a_store_gives_what_loading_alone_gives(tmp_path):
    layout = dataset(tmp_path, blank=TURTLE, plain='<http://x.example/a> <http://x.example/b> "c" .')
    store = Store()
    for file in layout.graphs():
        load_into(store, file)
    assert sorted(str(quad) for quad in store) == sorted(quads(layout))


@pytest.mark.parametrize("text", ["<a> <b> ,", "@prefix x: <http://x/> .\n\n  x:a x:b ,"], ids=["first", "third"])
def test_a_syntax_error_has_its_place(tmp_path, text):
    (file,) = dataset(tmp_path, a=text).graphs()
    with pytest.raises(BadTurtle) as caught:
        load(file)
    assert (caught.value.place.file, caught.value.place.line) == ("data/ttl/dossier/a.ttl", text.count("\n") + 1)


def test_a_file_that_is_not_utf8_is_a_syntax_error(tmp_path):
    layout = dataset(tmp_path)
    (tmp_path / "data/ttl/dossier/a.ttl").write_bytes(b'<http://x/a> <http://x/b> "\xff" .')
    with pytest.raises(BadTurtle, match=r"a\.ttl:1:"):
        load(layout.graphs()[0])


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_text("# other")])
def test_a_file_that_vanishes_or_changes_while_it_is_read_is_told(tmp_path, spoil):
    layout = dataset(tmp_path, a=TURTLE)
    (file,) = layout.graphs()
    spoil(file.path)
    with pytest.raises(BadTurtle, match=r"cannot be read|changed"):
        load(file)
