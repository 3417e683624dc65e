"""Where files of towns lie."""

from pathlib import Path

import pytest

from tests.problem.towns import LAT, LOAD, LON, NAMES, write


@pytest.fixture
def towns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = zip(NAMES, LON, LAT, LOAD, ("s", "n", "s", "n", "s", "n"), strict=True)
    write("towns.csv", "Id,lon,lat,load,group", *(",".join(map(str, row)) for row in rows))
    write("numbers.csv", "Id,lon,lat,load", *(f"{k},{LON[k]},{LAT[k]},{LOAD[k]}" for k in reversed(range(6))))
    write("edges.csv", "Source,Target", *(f"{k},{(k + 1) % 6}" for k in range(6)))
    write("places.csv", "x,y", *(f"{k},{k * k}" for k in range(6)))
    write("roads.csv", "Source,Target,km,Weight", "Rome,Bern,9,2", "Bern,Paris,8,1", "Oslo,Riga,7,3")
    return tmp_path
