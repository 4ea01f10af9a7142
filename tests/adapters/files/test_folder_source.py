"""A folder of policy files."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from yett.adapters.files.folder_source import LARGEST, FolderSource, is_policy
from yett.model.errors import NotReady, OperatorError


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("a.yaml", True),
        ("below/a.yml", True),
        ("a_test.yaml", False),
        (".github/a.yaml", False),
        (".a.yaml", False),
        ("a.json", False),
        ("yaml", False),
    ],
)
def test_policies_are_told_from_other_files(path: str, policy: bool) -> None:
    assert is_policy(path) is policy


async def test_everything_below_is_read(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "b.yaml").write_text("b")
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa")
    (tmp_path / "README.md").write_text("c")
    checkout = await FolderSource(tmp_path).read()
    assert (checkout.files, checkout.commit) == ({"a.yaml": "a", "below/b.yaml": "b"}, "")


async def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="there is no such folder"):
        await FolderSource(tmp_path / "nowhere").read()
    (tmp_path / "a.yaml").write_bytes(b"\xff")
    with pytest.raises(OperatorError, match="is not UTF-8"):
        await FolderSource(tmp_path).read()


async def test_a_folder_that_goes_while_it_is_read_is_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scanned(folder: Path, _: str) -> Iterator[Path]:
        yield folder / "a.yaml"
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(folder / "below"))

    monkeypatch.setattr(Path, "rglob", scanned)
    with pytest.raises(NotReady, match=r"`.*/below` cannot be read: no such file"):
        await FolderSource(tmp_path).read()


async def test_links_are_followed_within_the_folder_and_refused_where_they_lead_out(tmp_path: Path) -> None:
    folder = tmp_path / "mounted"
    (folder / "..data").mkdir(parents=True)
    (folder / "..data" / "a.yaml").write_text("a")
    (folder / "a.yaml").symlink_to("..data/a.yaml")
    assert (await FolderSource(folder).read()).files == {"a.yaml": "a"}
    (tmp_path / "b.yaml").write_text("a secret")
    (folder / "b.yaml").symlink_to("../b.yaml")
    with pytest.raises(OperatorError, match=r"b\.yaml: is a link that leads out of the folder"):
        await FolderSource(folder).read()


async def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.yaml").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(OperatorError, match="is larger than"):
        await FolderSource(tmp_path).read()
