"""Two years of three worlds as another processor plays them: a simpler one, for which all is compiled anew."""

import os
import subprocess
import sys

from tests.source_reading import ROOT

NO_AVX_512 = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL X86_V4"
FINGERPRINT = """
import hashlib
from tests.market_runs import everything, played

arrays = everything(played(24, seeds=[5, 6, 7]))
digests = [f"{name}={hashlib.blake2b(x.tobytes(), digest_size=8).hexdigest()}" for name, x in arrays.items()]
"""
PLAIN = {"NPY_DISABLE_CPU_FEATURES": NO_AVX_512, "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}


def start() -> subprocess.Popen[str]:
    """Begin to play there; prints a digest of each array of the state, a line each."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", FINGERPRINT + "print(*digests, sep='\\n')"],
        env={**os.environ, **PLAIN},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
