"""Writes small Excel workbooks: `write_workbook(path, {"Contacts": [["Name", "City"], ["Ann", "Lyon"]]})`."""

import datetime as dt
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = f"""<styleSheet {MAIN}><numFmts count="5"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>
<numFmt numFmtId="165" formatCode="dd/mm/yyyy hh:mm:ss"/><numFmt numFmtId="166" formatCode="hh:mm"/>
<numFmt numFmtId="167" formatCode="00000"/><numFmt numFmtId="168" formatCode="[h]:mm"/></numFmts>
<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="6"><xf numFmtId="0"/>
{"".join(f'<xf numFmtId="{number}" applyNumberFormat="1"/>' for number in range(164, 169))}</cellXfs></styleSheet>"""
DATE, TIMESTAMP, TIME, FIVE_DIGITS, DURATION = range(1, 6)
FIRST_DAY = dt.datetime(1899, 12, 30)


class Xml(str):
    """What stands inside the element of a cell, with its attributes: `t="e"><v>#N/A</v>`."""


Cell = str | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | Xml | None


def number(value: float, style: int = 0) -> Xml:
    """A number in a style."""
    return Xml(f's="{style}"><v>{value}</v>')


def write_workbook(
    path: Path, sheets: Mapping[str, Sequence[Sequence[Cell]]], *, hidden: Sequence[str] = (), **parts: str
) -> Path:
    """Write a workbook with these sheets. `parts` are further files in it."""
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{no}" r:id="rId{no}" state="{"hidden" if name in hidden else "visible"}"/>'
        for no, name in enumerate(sheets, 1)
    )
    targets = "".join(
        f'<Relationship Id="rId{no}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{no}.xml"/>'
        for no in range(1, len(sheets) + 1)
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml", f'<workbook {MAIN} xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>'
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships">{targets}</Relationships>'
        )
        archive.writestr("xl/styles.xml", STYLES)
        for no, rows in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{no}.xml", _sheet(rows))
        for name, content in parts.items():
            archive.writestr(f"xl/{name}.xml", content)
    return path


def replace_part(path: Path, part: str, old: str, new: str) -> None:
    """Replace a text in a file of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new, 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def merge_cells(path: Path, *areas: str) -> None:
    """Merge the cells of these areas of the first sheet, such as `A1:C1`."""
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    replace_part(path, "xl/worksheets/sheet1.xml", "</sheetData>", f"</sheetData><mergeCells>{merged}</mergeCells>")


def _sheet(rows: Sequence[Sequence[Cell]]) -> str:
    lines = "".join(
        f'<row r="{no}">{"".join(_cell(chr(65 + index), no, value) for index, value in enumerate(row))}</row>'
        for no, row in enumerate(rows, 1)
        if row
    )
    return f"<worksheet {MAIN}><sheetData>{lines}</sheetData></worksheet>"


def _cell(letter: str, row: int, value: Cell) -> str:
    return "" if value is None else f'<c r="{letter}{row}" {_content(value)}</c>'


def _content(value: Cell) -> str:
    if isinstance(value, Xml):
        return value
    if isinstance(value, str):
        return f't="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is>'
    if isinstance(value, bool):
        return f't="b"><v>{value:d}</v>'
    if isinstance(value, dt.datetime):
        return number((value - FIRST_DAY) / dt.timedelta(days=1), TIMESTAMP)
    if isinstance(value, dt.date):
        return number((dt.datetime.combine(value, dt.time()) - FIRST_DAY).days, DATE)
    if isinstance(value, dt.time):
        return number((value.hour * 3600 + value.minute * 60 + value.second) / 86400, TIME)
    if isinstance(value, dt.timedelta):
        return number(value / dt.timedelta(days=1), DURATION)
    assert value is not None
    return number(value)
