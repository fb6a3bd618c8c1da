"""No file of the model regroups a sum, asks the processor for a power, or draws luck without a key."""

import ast

import pytest

from tests.forbidden import faults
from tests.source_reading import ROOT, parse, python_files


@pytest.mark.parametrize("path", python_files("sim", "agents"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_model_uses_nothing_forbidden(path):
    assert faults(parse(path)) == []


FORBIDDEN = [
    # sums that regroup
    "import numpy as np\nnp.sum(x)",
    "import numpy\nnumpy.mean(x, axis=0)",
    "import numpy as np\nf = np.dot",
    "import numpy as np\nnp.einsum('ij,j->i', a, b)",
    "import numpy as np\nnp.matmul(a, b)",
    "import numpy as np\nnp.cumsum(a)",
    "import numpy as np\nnp.nansum(a)",
    "import numpy as np\nnp.trapezoid(a)",
    "import numpy as np\nnp.linalg.solve(a, b)",
    "import numpy as np\nnp.add.reduce(a)",
    "import numpy as np\nnp.add.accumulate(a)",
    "from numpy import sum as total",
    "def f():\n    import numpy as np\n    return np.average(a)",
    "x.sum(axis=0)",
    "self.capacity.mean()",
    "(a * b).prod()",
    "x.dot(y)",
    "x.cumsum()",
    "x.std()",
    "sum(shares)",
    "sum(mine.output for mine in mines)",
    "a @ b",
    "a @= b",
    # functions that differ between processors
    "import numpy as np\nnp.exp(x)",
    "import numpy as np\nnp.log(x)",
    "import numpy as np\nnp.power(x, 2)",
    "import numpy as np\nnp.expm1(x)",
    "import numpy as np\nnp.cbrt(x)",
    "import numpy as np\nnp.sin(x)",
    "import math\nmath.exp(1.0)",
    "import math as m\nm.pow(2.0, 0.5)",
    "from math import log1p",
    "x ** 2",
    "10 ** x",
    "x **= 2",
    "pow(x, 2)",
    # luck without a key
    "import random",
    "from random import choice",
    "import numpy.random",
    "from numpy import random",
    "from numpy.random import default_rng",
    "import numpy as np\nnp.random.default_rng(1)",
    "import secrets",
    "import os\nos.urandom(8)",
    "self.model.random.choice(mines)",
    "model.rng.normal()",
    "model.agents.shuffle_do('step')",
    "hash(name)",
    # the order of a set
    "for x in {1, 2}:\n    pass",
    "for x in set(names):\n    pass",
    "[x for x in {y for y in names}]",
    "{x: 1 for x in frozenset(names)}",
    "list(set(names))",
    "tuple(a.keys() - b.keys())",
    "[*set(names)]",
    "names = set(x)\nfor name in names:\n    pass",
    "def f(names: set[str]):\n    return [n for n in names]",
    "class A:\n    def f(self):\n        self.names = {1}\n        for n in self.names:\n            pass",
    "for x in set(a) & set(b):\n    pass",
    "for x in a.union(b):\n    pass",
    "', '.join(set(names))",
    "names = {1}\nnames.pop()",
    "max(set(names), key=len)",
    # state changed in place
    "self.stock += flow",
    "self.stock[0] -= flow",
    "import numpy as np\nnp.add(a, b, out=self.stock)",
]

ALLOWED = [
    "import numpy as np\nnp.sqrt(np.maximum(a, b) * 2.0 / c)",
    "import numpy as np\nnp.where(a > b, a, b).max(axis=0)",
    "import numpy as np\nnp.maximum.reduce(parts)",
    "from sim import sums\nsums.total(a)",
    "from sim import exact\nexact.exp(a)",
    "import math\nmath.fsum(shares)",
    "import math\nmath.sqrt(2.0)",
    "parameters.mean",
    "sum(1 for mine in mines if mine.is_open)",
    "sum(len(part) for part in parts)",
    "2 ** 32",
    "10.0 ** -6",
    "for x in sorted(set(names)):\n    pass",
    "sorted(name for name in set(names))",
    "len({1, 2})",
    "max(set(names))",
    "max(names, key=len)",
    "name in {1, 2}",
    "{x for x in set(names)}",
    "for x in a.keys():\n    pass",
    "stack = [1]\nstack.pop()",
    "total = a + b\ntotal += c",
    "self.stock = self.stock + flow",
    "model = Model(rng=1)",
]


@pytest.mark.parametrize("source", FORBIDDEN)
def test_a_forbidden_thing_is_found(source):
    assert len(faults(ast.parse(source))) >= 1


@pytest.mark.parametrize("source", ALLOWED)
def test_an_allowed_thing_is_left_alone(source):
    assert faults(ast.parse(source)) == []


def test_a_fault_names_its_line_and_what_to_use_instead():
    assert faults(ast.parse("import numpy as np\n\nnp.exp(x)")) == [
        "line 3: np.exp differs between processors: use sim.exact"
    ]
