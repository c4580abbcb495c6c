"""What the benchmarks share: a printed table, and the same figures as JSON."""

import json
import os
import platform
from pathlib import Path

from rich.console import Console
from rich.table import Table


def show(title: str, rows: list[dict], json_file: Path | None) -> None:
    """Print rows as a table and, where asked, write them with the machine's description."""
    table = Table(title=title)
    for name in rows[0]:
        table.add_column(name, justify="left" if isinstance(rows[0][name], str) else "right")
    for row in rows:
        table.add_row(*(f"{v:.3g}" if isinstance(v, float) else str(v) for v in row.values()))
    # In a file there is room for all columns.
    console = Console()
    Console(width=None if console.is_terminal else 300).print(table)
    if json_file is not None:
        machine = {"platform": platform.platform(), "cores": os.cpu_count()}
        content = {"title": title, "machine": machine, "rows": rows}
        json_file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
