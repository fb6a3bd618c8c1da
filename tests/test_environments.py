"""Seats for learning agents hold to other people's interfaces."""

import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from lab.environments import ema, gym, seat
from lab.environments.zoo import MarketEnv
from lab.options import InputError
from tests.fake_study import SMALL, fake

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own examples are made in a way that it calls old
    from pettingzoo.test import parallel_api_test, parallel_seed_test


@pytest.fixture(scope="module")
def environment():
    gym.register()
    made = gymnasium.make(gym.ROLE, months=1, disable_env_checker=True).unwrapped
    yield made
    made.close()


def test_the_seat_of_a_role_passes_gymnasiums_check(environment):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*(minimum value is -infinity|maximum value is infinity|Box).*")
        warnings.filterwarnings("ignore", message=".*(render|spec).*")
        check_env(environment, skip_render_check=True)


def test_all_roles_together_pass_pettingzoos_test():
    parallel_api_test(MarketEnv(months=1), num_cycles=3)
    parallel_seed_test(lambda: MarketEnv(months=1), num_cycles=3)


def test_worlds_side_by_side_are_the_worlds_alone(environment):
    many = gym.RoleVectorEnv(3, months=1)
    seen, _ = many.reset(seed=5)
    actions = np.full(many.action_space.shape, 0.4, np.float32)
    after, reward, *_ = many.step(actions)
    alone, _ = environment.reset(seed=6)
    assert np.array_equal(seen[1], alone)
    next_, earned, *_ = environment.step(actions[1])
    assert np.array_equal(after[1], next_)
    assert reward[1] == earned


def test_a_lever_of_somebody_else_is_refused():
    with pytest.raises(InputError, match=r"is not one of kazakhstan"):
        seat.slots(seat.scenario("classroom_short"), "kazakhstan", ["china.mining_quota"])


def test_the_ema_workbench_runs_an_experiment(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench import SequentialEvaluator, perform_experiments

        made = ema.model(str(path), fake)
        with SequentialEvaluator(made) as evaluator:
            table, results = perform_experiments(made, scenarios=3, policies=2, evaluator=evaluator)
    assert len(table) == 6
    assert results["price"].shape == (6,)
    assert np.ptp(results["price"]) > 0
