"""Set a PDF from a typst template and plain values."""

import json
from functools import cache as once
from pathlib import Path
from typing import Any

import fontpkg_be_vietnam_pro


def pdf(template: Path, facts: dict[str, Any]) -> bytes:
    """The template reads `facts` as JSON from sys.inputs; it sees no file outside its own folder."""
    import typst  # 7 MB that a web worker should not hold before somebody prints

    values = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return typst.compile(
        template, root=template.parent, font_paths=_fonts(), format="pdf", sys_inputs={"facts": values}
    )


@once
def _fonts() -> Any:
    """Be Vietnam Pro has every Vietnamese letter. No font of the machine is used: all print the same."""
    import typst

    folder = Path(fontpkg_be_vietnam_pro.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
