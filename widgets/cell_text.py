"""Text cut and broken by the cells that it occupies, not by its characters."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def truncate(text: str, width: int) -> str:
    """Cut to at most `width` cells, with an ellipsis where something was cut."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…" if width > 0 else ""


def wrap(text: str, width: int, *, most: int = 4) -> list[str]:
    """Break at spaces into lines of at most `width` cells; what is longer than `most` lines ends in an ellipsis."""
    lines = [""]
    for word in text.split(" "):
        candidate = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(candidate) <= width:
            lines[-1] = candidate
        elif not lines[-1]:
            lines[-1] = truncate(word, width)
        else:
            lines.append(truncate(word, width))
    if len(lines) > most:
        lines = [*lines[: most - 1], truncate(f"{lines[most - 1]} …", width)]
    return lines
