"""Makes one input again and tries it; or, for work on a lane, tries many and says what is wrong.

python -m fuzzing LANE NUMBER FOLDER
python -m fuzzing LANE FIRST LAST --
"""

from __future__ import annotations

import sys
from pathlib import Path

from fuzzing.lanes import many, tried

lane, first, last, *more = sys.argv[1:]
if more:
    for start in range(int(first), int(last), 100):
        numbers = range(start, min(start + 100, int(last)))
        accepted, wrong = many(lane, numbers)
        print("\n".join([*wrong, f"{lane} {numbers}: {accepted} accepted, {len(wrong)} wrong"]), flush=True)
else:
    folder = Path(last)
    folder.mkdir(parents=True)
    print("accepted" if tried(lane, int(first), folder) else "refused")
