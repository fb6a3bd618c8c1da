"""The shipped world is complete, sourced, balanced and cannot be changed."""

import pickle
import typing

import pytest
from pydantic import BaseModel, ValidationError

from sim import scenario as types
from sim import units
from sim.quantity import Measure, Part, Quantity
from sim.scenario_checks import arc_profit, pool_balance
from sim.scenario_files import LISTS, SCENARIOS, load, shipped

BASE = "central_asia_2025"


@pytest.fixture(scope="module")
def world():
    return load(BASE)


def by_key(parts):
    return {part.key: part for part in parts}


def quantities(part, path=""):
    """Every quantity in a part, with the path to it."""
    if isinstance(part, Quantity):
        yield path, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from quantities(getattr(part, name), f"{path}.{name}")
    elif isinstance(part, dict):
        for name, inner in part.items():
            yield from quantities(inner, f"{path}.{name}")
    elif isinstance(part, tuple):
        for inner in part:
            yield from quantities(inner, f"{path}[{getattr(inner, 'key', '')}]")


# The shipped world


@pytest.mark.parametrize("summary", shipped(), ids=lambda summary: summary.name)
def test_every_shipped_scenario_loads_under_its_own_name(summary):
    scenario = load(summary.name)
    assert (scenario.name, scenario.title, scenario.start) == (summary.name, summary.title, summary.start)
    assert scenario.description == summary.description
    assert (SCENARIOS / summary.name).exists() or (SCENARIOS / f"{summary.name}.toml").exists()


def test_the_reference_flows_balance_every_pool(world):
    gaps = {pool: round(gap, 3) for pool, gap in pool_balance(world).items() if abs(gap) > 0.5}
    assert gaps == {}


def test_an_unused_arc_offers_no_profit(world):
    profits = {arc.key: arc_profit(world, arc) for arc in world.arcs if arc.flow.value == 0}
    assert {key: profit for key, profit in profits.items() if profit > 0} == {}


def test_the_pools_are_those_of_the_trade(world):
    concentrate = {
        "china.any", "russia.any", "dprk.any", "rest.any", "kazakhstan.eligible", "uzbekistan.eligible",
        "south_east_asia.eligible", "korea.eligible", "europe.eligible", "north_america.eligible",
        "australia.eligible", "africa.eligible", "latin_america.eligible",
    }  # fmt: skip
    primary = {
        "china.any", "russia.any", "rest.any", "south_east_asia.eligible", "kazakhstan.eligible",
        "uzbekistan.eligible",
    } | {f"{region}.{grade}" for region in ("korea", "japan", "europe", "north_america")
         for grade in ("any", "eligible")}  # fmt: skip
    found = {good: {f"{pool.region}.{pool.grade}" for pool in world.pools if pool.good == good}
             for good in ("concentrate", "apt")}  # fmt: skip
    assert found == {
        "concentrate": concentrate,
        "apt": primary,
    }


def test_every_pool_can_be_filled_and_emptied(world):
    filled = {arc.destination for arc in world.arcs}
    filled |= {f"{mine.region}.concentrate" for mine in world.mines}
    filled |= {f"{item.region}.apt.any" for item in world.recycling}
    emptied = {arc.origin for arc in world.arcs} | {f"{demand.region}.apt.any" for demand in world.demands}
    for pool in world.pools:
        assert pool.key in filled or f"{pool.region}.{pool.good}" in filled, pool.key
        assert pool.key in emptied, pool.key


def test_eligible_material_starts_a_few_dollars_above_any_other(world):
    price = {pool.key: pool.price.value for pool in world.pools}
    for region in ("korea", "japan", "europe", "north_america"):
        assert 2 <= price[f"{region}.apt.eligible"] - price[f"{region}.apt.any"] <= 4


def test_prices_agree_with_the_quotes_of_january_2025(world):
    price = {pool.key: pool.price.value for pool in world.pools}
    assert units.apt_price_in_china(price["china.apt.any"]) == pytest.approx(210_500, rel=0.01)
    assert units.concentrate_price_in_china(price["china.concentrate.any"]) == pytest.approx(
        142_800, rel=0.02
    )
    assert 0.91 <= price["china.concentrate.any"] / price["china.apt.any"] <= 0.93
    assert 330 <= price["europe.apt.any"] <= 340
    assert price["europe.concentrate.eligible"] / price["europe.apt.any"] == pytest.approx(0.80, abs=0.01)


def test_mine_output_is_that_of_the_usgs_for_2024(world):
    output = {}
    for mine in world.mines:
        output[mine.region] = output.get(mine.region, 0) + mine.output.value
    mines = by_key(world.mines)
    assert sum(output.values()) == pytest.approx(81_000)
    assert output["china"] == pytest.approx(67_000)
    assert mines["nui_phao"].output.value == 3_400
    assert output["russia"] == 2_000
    assert output["dprk"] == 1_700
    assert mines["bolivia"].output.value == 1_600
    assert mines["nyakabingo"].output.value + mines["rwanda_other"].output.value == 1_200
    assert output["australia"] == 1_000
    assert [mines[key].output.value for key in ("mittersill", "barruecopardo", "panasqueira")] == [
        800,
        700,
        500,
    ]
    rest = sum(output.values()) - 67_000 - 3_400 - 2_000 - 1_700
    assert rest == pytest.approx(6_900)


def test_china_mines_about_a_ninth_above_its_quota(world):
    output = sum(mine.output.value for mine in world.mines if mine.quota)
    quota = next(item.value for item in world.decisions if item.lever == "china.mining_quota")
    assert units.concentrate_of_tungsten(quota) == pytest.approx(114_000, rel=0.01)
    assert 1.10 <= output / quota <= 1.15


def test_use_trade_and_scrap_are_those_of_the_facts(world):
    use = {}
    for demand in world.demands:
        use[demand.region] = use.get(demand.region, 0) + demand.use.value
    assert use["china"] == pytest.approx(71_000, abs=1_500)
    assert {region: round(use[region]) for region in ("europe", "north_america", "japan", "korea")} == {
        "europe": 16_000, "north_america": 11_500, "japan": 7_500, "korea": 4_000,
    }  # fmt: skip
    scrap = {item.region: item.scrap.value for item in world.recycling}
    assert scrap["china"] == 11_000
    assert sum(scrap.values()) == pytest.approx(37_000)
    exports = [arc for arc in world.arcs if arc.origin == "china.apt.any"]
    licensed = sum(arc.flow.value for arc in exports if arc.licensed)
    total = sum(arc.flow.value for arc in exports)
    assert 12_000 <= total <= 13_000
    assert licensed == pytest.approx(total / 2, rel=0.05)
    imports = sum(arc.flow.value for arc in world.arcs
                  if arc.destination == "china.concentrate.any" and arc.kind == "route")  # fmt: skip
    assert imports == pytest.approx(5_000, abs=200)


def test_world_use_is_mine_output_after_refining_loss_plus_scrap(world):
    use = sum(demand.use.value for demand in world.demands)
    mined = sum(mine.output.value for mine in world.mines)
    scrap = sum(item.scrap.value for item in world.recycling)
    lost = sum(arc.flow.value * (1 - arc.yield_.value) for arc in world.arcs)
    assert use == pytest.approx(mined + scrap - lost, abs=2)


def test_licences_are_needed_for_controlled_products_of_china_only(world):
    for arc in world.arcs:
        assert arc.licensed == (
            arc.origin == "china.apt.any" and arc.form == "controlled" and arc.kind == "route"
        )


def test_scrap_starts_below_its_ceiling(world):
    for item in world.recycling:
        use = sum(demand.use.value for demand in world.demands if demand.region == item.region)
        assert item.scrap.value < item.ceiling.value * use


def test_the_main_routes_of_central_asia_exist(world):
    ways = {
        (arc.origin.split(".")[0], arc.destination.split(".")[0]) for arc in world.arcs if arc.kind == "route"
    }
    for origin in ("kazakhstan", "uzbekistan"):
        assert {(origin, place) for place in ("china", "europe", "north_america", "japan", "korea")} <= ways
    khorgos = [arc for arc in world.arcs if arc.gateway == "khorgos"]
    assert {arc.destination.split(".")[0] for arc in khorgos} == {"china"}


def test_every_pair_of_governments_has_a_relation(world):
    roles = [government.key for government in world.governments]
    pairs = {frozenset((relation.a, relation.b)) for relation in world.relations}
    assert pairs == {frozenset((a, b)) for a in roles for b in roles if a < b}


def test_every_quantity_has_a_source_and_a_confidence(world):
    found = list(quantities(world))
    assert len(found) > 1_500
    for path, quantity in found:
        assert len(quantity.source.strip()) >= 3, path
        assert quantity.confidence in ("S", "F", "F-low", "K", "E"), path


def test_every_field_has_help_text():
    parts = [Quantity, types.Scenario, types.Mechanisms, types.Period, types.Temperament]
    parts += [kind.part for kind in LISTS.values()]
    silent = [
        f"{part.__name__}.{name}"
        for part in parts
        for name, info in part.model_fields.items()
        if not info.description and name not in {kind.field for kind in LISTS.values()}
    ]
    assert silent == []


def test_every_quantity_of_every_part_says_what_is_allowed():
    for kind in LISTS.values():
        for name, info in kind.part.model_fields.items():
            if info.annotation is Quantity:
                assert any(isinstance(item, Measure) for item in info.metadata), (
                    f"{kind.part.__name__}.{name}"
                )


# The loaded object


def test_a_scenario_cannot_be_changed(world):
    with pytest.raises(ValidationError):
        world.title = "Other"
    with pytest.raises(ValidationError):
        world.mines[0].capacity.value = 1.0
    with pytest.raises(TypeError):
        world.temperaments["china"] = "open"
    with pytest.raises(TypeError):
        next(iter(world.behaviour.values()))["new"] = None


def test_a_scenario_survives_pickling(world):
    again = pickle.loads(pickle.dumps(world))
    assert again == world
    assert again.digest == world.digest


def test_the_digest_is_the_content_s_and_not_the_files_s(world, tmp_path):
    files = sorted((SCENARIOS / BASE).glob("*.toml"))
    whole = tmp_path / "whole.toml"
    whole.write_text("\n".join(file.read_text(encoding="utf-8") for file in files), encoding="utf-8")
    assert load(whole).digest == load(BASE).digest == world.digest
    assert len(world.digest) == 64


def test_a_default_takes_its_source_from_its_entry(world):
    arc = by_key(world.arcs)["africa_china"]
    assert (arc.yield_.value, arc.tariff.value, arc.capacity.value) == (1, 0, 1e6)
    assert arc.yield_.source == arc.source


def test_every_part_is_strict_and_frozen():
    for kind in LISTS.values():
        assert issubclass(kind.part, Part)
        config = kind.part.model_config
        assert (config.get("strict"), config.get("frozen"), config.get("extra")) == (True, True, "forbid")
    assert typing.get_type_hints(Quantity)["value"] is float
