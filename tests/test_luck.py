"""Luck is a pure function of seed, purpose, name, month, index and branch, and it looks random."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim import exact, luck

SEEDS = np.arange(20_000, dtype=np.uint64)
FEW = SEEDS[:50]


@pytest.mark.parametrize(
    ("counter", "key", "wanted"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
    ids=["zeros", "ones", "digits of pi"],
)
def test_the_generator_gives_the_published_numbers(counter, key, wanted):
    words = [np.uint64(int(word, 16)) for word in (counter + " " + key).split()]
    assert " ".join(f"{int(word):08x}" for word in luck.philox(*words)) == wanted


def philox_in_plain_python(counter: list[int], key: list[int]) -> list[int]:
    low = 2**32 - 1
    for _ in range(10):
        first, second = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [
            (second >> 32) ^ counter[1] ^ key[0],
            second & low,
            (first >> 32) ^ counter[3] ^ key[1],
            first & low,
        ]
        key = [(key[0] + 0x9E3779B9) & low, (key[1] + 0xBB67AE85) & low]
    return counter


def test_a_uniform_is_the_keyed_generator_in_plain_python():
    seed, month, index, branch = 2**63 + 12345, 191, 3, 2**32 - 2
    source = int(luck.stream("winter", "Upper Kairakty"))
    counter = [source & (2**32 - 1), source >> 32, month + 65536 * index, branch]
    words = philox_in_plain_python(counter, [seed & (2**32 - 1), seed >> 32])
    wanted = (((words[0] | words[1] << 32) >> 12) + 0.5) / 2**52
    got = luck.uniform(np.array([seed], np.uint64), np.uint64(source), month, index, branch)
    assert got[0] == wanted


def test_streams_stay_the_same_for_ever():
    assert luck.stream("winter", "Upper Kairakty") == 15283137146451570567
    assert luck.stream("ab", "c") != luck.stream("a", "bc")
    assert luck.streams("winter", ["a", "b"]).tolist() == [
        luck.stream("winter", "a"),
        luck.stream("winter", "b"),
    ]


def test_one_more_member_changes_nobody_elses_luck():
    three = luck.normal(FEW, luck.streams("winter", ["a", "b", "c"]), 5)
    four = luck.normal(FEW, luck.streams("winter", ["a", "new", "b", "c"]), 5)
    assert np.array_equal(four[[0, 2, 3]], three)
    assert np.array_equal(luck.normal(FEW, luck.stream("winter", "b"), 5), three[1])


@pytest.mark.parametrize("width", [1, 3, 64, 1000])
def test_a_world_has_the_same_luck_in_every_block(width):
    sources = luck.streams("winter", ["a", "b"])
    seeds = SEEDS[:1000]
    branches = np.arange(1000) % 7
    for draw in (luck.uniform, luck.normal):
        whole, branched = draw(seeds, sources, 9), draw(seeds, sources, 9, branch=branches)
        for start in range(0, 1000, max(width, 41)):
            here = slice(start, start + width)
            assert np.array_equal(draw(seeds[here], sources, 9), whole[:, here])
            assert np.array_equal(draw(seeds[here], sources, 9, branch=branches[here]), branched[:, here])


def test_each_part_of_the_key_gives_other_luck():
    source = luck.stream("winter", "a")
    draws = [
        luck.uniform(FEW, source, 5),
        luck.uniform(FEW, source, 6),
        luck.uniform(FEW, source, 5, index=1),
        luck.uniform(FEW, source, 5, branch=1),
        luck.uniform(FEW, luck.stream("winter", "b"), 5),
        luck.uniform(FEW, luck.stream("power cut", "a"), 5),
        luck.uniform(FEW + np.uint64(2**40), source, 5),
    ]
    assert np.unique(np.concatenate(draws)).size == len(draws) * FEW.size


def test_a_branch_for_each_world_is_that_branch_alone():
    source = luck.stream("winter", "a")
    same_world = np.full(10, 77, np.uint64)
    fan = luck.normal(same_world, source, 5, branch=np.arange(10))
    assert fan[0] == luck.normal(same_world[:1], source, 5)[0]
    assert fan[4] == luck.normal(same_world[:1], source, 5, branch=4)[0]


def test_uniforms_fill_the_open_interval_evenly():
    u = luck.uniform(SEEDS, luck.streams("even", list("abcde")), 0).ravel()
    assert u.min() > 0.0 and u.max() < 1.0
    assert stats.kstest(u, "uniform").pvalue > 0.001
    counts = np.bincount((u * 256).astype(int), minlength=256)
    assert stats.chisquare(counts).pvalue > 0.001
    last_bits = (u * 2.0**52).astype(np.int64) % 16
    assert stats.chisquare(np.bincount(last_bits, minlength=16)).pvalue > 0.001


def test_normals_are_the_quantiles_of_uniforms_and_have_the_right_moments():
    source = luck.stream("moments")
    z = luck.normal(SEEDS, source, 3)
    assert np.array_equal(z, exact.normal_quantile(luck.uniform(SEEDS, source, 3)))
    assert abs(z.mean()) < 4 / np.sqrt(z.size)
    assert abs(z.var() - 1) < 4 * np.sqrt(2 / z.size)
    assert stats.kstest(z, "norm").pvalue > 0.001


def test_neighbours_of_every_kind_are_uncorrelated():
    a = luck.streams("winter", ["a", "b"])
    z, other_name = luck.normal(SEEDS, a, 5)
    limit = 4.5 / np.sqrt(z.size)
    for other in (
        other_name,
        luck.normal(SEEDS, a[0], 6),
        luck.normal(SEEDS, a[0], 5, index=1),
        luck.normal(SEEDS, a[0], 5, branch=1),
        luck.normal(SEEDS, luck.stream("power cut", "a"), 5),
        np.roll(z, 1),
    ):
        assert abs(np.corrcoef(z, other)[0, 1]) < limit
        assert abs(np.corrcoef(z * z, other * other)[0, 1]) < limit


@pytest.mark.parametrize(
    "wrong",
    [
        {"month": -1},
        {"month": 65536},
        {"index": 65536},
        {"branch": -1},
        {"branch": 2**32},
        {"branch": np.zeros(3, int)},
    ],
)
def test_what_does_not_fit_the_counter_is_refused(wrong):
    with pytest.raises(ValueError, match=r"must|whole"):
        luck.uniform(FEW, luck.stream("winter"), **{"month": 1, **wrong})


def test_a_name_with_the_separator_is_refused():
    with pytest.raises(ValueError, match="separator"):
        luck.stream("winter", "a\x1fb")
