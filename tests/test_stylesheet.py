import gzip
import re

from django.contrib.staticfiles import finders
from django.core.management import call_command

from marketplace.stylesheet import NAME, SOURCES, stylesheet

LAYERS = {"reset", "base", "layout", "components", "pages", "states"}


def test_staticfiles_finds_the_joined_file(settings, tmp_path) -> None:
    settings.VAR, settings.STATIC_ROOT = tmp_path / "var", tmp_path / "static"
    finders.get_finder.cache_clear()
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "static" / NAME).read_text() == stylesheet()
    finders.get_finder.cache_clear()


def test_a_changed_source_is_served_at_once(settings, tmp_path, monkeypatch) -> None:
    settings.VAR = tmp_path / "var"
    finders.get_finder.cache_clear()
    finders.find(NAME)
    monkeypatch.setattr("marketplace.stylesheet.SOURCES", tmp_path)
    (tmp_path / "01-only.css").write_text("/* why */ a { color: red; }")
    with open(finders.find(NAME)) as served:
        assert served.read() == "a { color: red; }"
    finders.get_finder.cache_clear()


def test_readers_fetch_less_than_15_kb() -> None:
    assert len(gzip.compress(stylesheet().encode())) < 15_000


def test_every_rule_is_in_a_known_layer() -> None:
    for path in SOURCES.glob("*.css"):
        rest = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        used = set(re.findall(r"^@layer (\w+) \{", rest, re.MULTILINE))
        assert used and used <= LAYERS, path.name
        assert not re.search(r"^[.#a-z:*]", rest, re.MULTILINE), f"{path.name} has rules outside a layer"


def test_only_the_tokens_name_colours() -> None:
    """A colour elsewhere would not follow dark mode; the few that must not follow it are listed."""
    kept = {"#fff", "#22201c", "#000", "#333", "#bbb"}
    for path in SOURCES.glob("*.css"):
        if path.name != "01-tokens.css":
            assert set(re.findall(r"(?<!\w)#[0-9a-f]{3,8}\b", path.read_text())) <= kept, path.name
