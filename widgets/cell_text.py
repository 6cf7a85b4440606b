"""Text truncated and wrapped by the terminal cells that it occupies, not by its characters."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def truncate(text: str, width: int) -> str:
    """Return the text in at most `width` cells; a text that was cut ends in an ellipsis."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…" if width > 0 else ""


def wrap(text: str, width: int, *, max_lines: int = 4) -> list[str]:
    """Break at spaces into at most `max_lines` lines of `width` cells; a text that was cut ends in an ellipsis."""
    lines = [""]
    for word in text.split(" "):
        candidate = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(candidate) <= width:
            lines[-1] = candidate
        elif not lines[-1]:
            lines[-1] = truncate(word, width)
        else:
            lines.append(truncate(word, width))
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], truncate(f"{lines[max_lines - 1]} …", width)]
    return lines
