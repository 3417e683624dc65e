"""The report of all studies, as Markdown and as a page of HTML with its figures beside it."""

from __future__ import annotations

import html
import shutil
from pathlib import Path

from experiments.paper.judge import Judged

STYLE = """
:root { color-scheme: light dark; --line: #8885; --good: #1a7f37; --bad: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #ff7b72; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; }
.yes { color: var(--good); font-weight: 600; } .no { color: var(--bad); font-weight: 600; }
.open { font-weight: 600; }
figure { margin: 1rem 0; } img { max-width: 100%; background: white; border-radius: 6px; }
code { font-size: .9em; overflow-wrap: anywhere; } .small { color: GrayText; font-size: .9em; }
"""


def write_report(judged: list[Judged], directory: Path, *, seconds: float) -> None:
    """Write index.md, index.html and figures/ into a directory."""
    figures = _collect_figures(judged, directory)
    (directory / "index.md").write_text(_markdown(judged, figures, seconds), encoding="utf-8")
    (directory / "index.html").write_text(_page(judged, figures, seconds), encoding="utf-8")


def headline(judged: list[Judged], seconds: float) -> str:
    """How many claims hold, in one line."""
    claims = [claim for study in judged for claim in study.claims]
    text = f"{sum(claim.holds for claim in claims)} of {len(claims)} claims hold, {seconds / 60:.1f} minutes"
    left = sum(bool(claim.open) for claim in claims)
    text += f"; {left} left open, undecided or without data" if left else ""
    missing = [study.study.name for study in judged if study.missing is not None]
    return text + (f"; not all could be computed in {', '.join(missing)}" if missing else "")


def _collect_figures(judged: list[Judged], directory: Path) -> dict[Path, str]:
    places: dict[Path, str] = {}
    folder = directory / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    for study in judged:
        for claim in study.claims:
            if claim.figure is not None and claim.figure.exists() and claim.figure not in places:
                name = f"{study.study.name}_{len(places)}_{claim.figure.name}"
                shutil.copyfile(claim.figure, folder / name)
                places[claim.figure] = f"figures/{name}"
    return places


def _markdown(judged: list[Judged], figures: dict[Path, str], seconds: float) -> str:
    lines = ["# The paper, reproduced", "", headline(judged, seconds), ""]
    for study in judged:
        lines += [f"## {study.study.title}", ""]
        if study.missing is not None:
            lines += [f"Not computed: {study.missing}", ""]
        if study.claims:
            lines += ["| claim | source | source's value | ours | verdict |", "|---|---|---|---|---|"]
            for claim in study.claims:
                note = f" ({claim.note})" if claim.note else ""
                cells = (claim.claim, claim.source, claim.expected, claim.ours, claim.verdict + note)
                lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
            lines.append("")
        for path in _shown(study, figures):
            lines += [f"![{study.study.title}]({path})", ""]
        lines += [f"- `{run.command}`: {run.seconds:.1f} s" for run in study.executed] + [""]
    return "\n".join(lines)


def _page(judged: list[Judged], figures: dict[Path, str], seconds: float) -> str:
    text = html.escape
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>The paper, reproduced</title><style>{STYLE}</style>",
        f"<h1>The paper, reproduced</h1><p>{text(headline(judged, seconds))}</p>",
    ]
    for study in judged:
        parts.append(f"<h2>{text(study.study.title)}</h2>")
        if study.missing is not None:
            parts.append(f'<p class="no">Not computed: {text(study.missing)}</p>')
        if study.claims:
            parts.append("<table><tr><th>claim<th>source<th>source's value<th>ours<th>verdict</tr>")
            for claim in study.claims:
                kind = "open" if claim.open else "yes" if claim.holds else "no"
                note = f'<br><span class="small">{text(claim.note)}</span>' if claim.note else ""
                cells = "".join(
                    f"<td>{text(cell)}" for cell in (claim.claim, claim.source, claim.expected, claim.ours)
                )
                parts.append(f'<tr>{cells}<td><span class="{kind}">{claim.verdict}</span>{note}</tr>')
            parts.append("</table>")
        for path in _shown(study, figures):
            parts.append(f'<figure><img src="{text(path)}" alt="{text(study.study.title)}"></figure>')
        runs = "".join(
            f"<li><code>{text(run.command)}</code> {run.seconds:.1f} s</li>" for run in study.executed
        )
        parts.append(f'<ul class="small">{runs}</ul>')
    return "\n".join(parts) + "</html>\n"


def _shown(study: Judged, figures: dict[Path, str]) -> list[str]:
    paths = [figures[claim.figure] for claim in study.claims if claim.figure in figures]
    return list(dict.fromkeys(paths))
