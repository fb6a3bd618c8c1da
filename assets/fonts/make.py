"""Makes the fonts of the window from Inter's OpenType files: few alphabets, and figures of one width for columns.

Run `python assets/fonts/make.py FOLDER` with fontTools installed and FOLDER holding Inter-Regular.otf,
Inter-SemiBold.otf and Inter-Bold.otf (Debian: fonts-inter).
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
KEPT = [
    *range(0x20, 0x250),  # Latin
    *range(0x400, 0x530),  # Cyrillic with Kazakh and Uzbek letters
    *range(0x2010, 0x2040),  # dashes, quotes, bullets
    0x20AC, 0x2122, 0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x00D7, 0x2248, 0x2260, 0x2264, 0x2265, 0x25B2, 0x25BC,
    0x25B6, 0x25C0, 0x25CF, 0x25CB, 0x2713, 0x2715, 0x2022, 0x00B7, 0x21BA, 0x2197, 0x2198, 0x2080, 0x2083,
]  # fmt: skip


def tabular(font: object) -> None:
    """Give the plain digits the glyphs of tabular figures."""
    substitutes: dict[str, str] = {}
    table = font["GSUB"].table  # type: ignore[index]
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag != "tnum":
            continue
        for index in record.Feature.LookupListIndex:
            for part in table.LookupList.Lookup[index].SubTable:
                part = getattr(part, "ExtSubTable", part)
                substitutes.update(getattr(part, "mapping", {}))
    for cmap in font["cmap"].tables:  # type: ignore[index]
        for code, name in list(cmap.cmap.items()):
            if name in substitutes:
                cmap.cmap[code] = substitutes[name]


def main(folder: Path) -> None:
    """Write Inter-*.otf and InterTabular-*.otf beside this file."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    for weight in ("Regular", "SemiBold", "Bold"):
        for prefix in ("Inter", "InterTabular"):
            font = TTFont(folder / f"Inter-{weight}.otf")
            if prefix == "InterTabular":
                tabular(font)
            options = Options()
            options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"] if prefix == "Inter" else []
            options.desubroutinize = True
            subsetter = Subsetter(options)
            subsetter.populate(unicodes=KEPT)
            subsetter.subset(font)
            font.save(HERE / f"{prefix}-{weight}.otf")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
