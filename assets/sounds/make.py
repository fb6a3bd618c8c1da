"""Makes the sounds of the window: a tick, a low bell, a train far away, and the turn of a quarter.

Run `python assets/sounds/make.py`.
"""

import wave
from pathlib import Path

import numpy as np

RATE = 22050
HERE = Path(__file__).parent


def tone(frequency: float, seconds: float, decay: float, level: float = 1.0) -> np.ndarray:
    """A sine that dies away."""
    t = np.arange(int(RATE * seconds)) / RATE
    return level * np.sin(2 * np.pi * frequency * t) * np.exp(-t / decay) * np.minimum(1, t / 0.004)


def padded(parts: list[tuple[float, np.ndarray]]) -> np.ndarray:
    """Sounds that begin at their times, together."""
    length = max(int(start * RATE) + len(part) for start, part in parts)
    whole = np.zeros(length)
    for start, part in parts:
        at = int(start * RATE)
        whole[at : at + len(part)] += part
    return whole


def write(name: str, sound: np.ndarray, level: float) -> None:
    """Write a sound with a highest level."""
    fade = np.minimum(1, np.arange(len(sound))[::-1] / (0.01 * RATE))
    samples = (sound * fade / np.abs(sound).max() * level * 32767).astype("<i2")
    with wave.open(str(HERE / f"{name}.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def main() -> None:
    """Write all sounds."""
    write("tick", tone(1250, 0.05, 0.012) + 0.4 * tone(2600, 0.05, 0.008), 0.22)
    bell = sum(
        tone(196 * ratio, 1.8, 0.55 / ratio, level) for ratio, level in ((1, 1), (2.01, 0.5), (2.74, 0.32), (4.1, 0.14))
    )
    write("bell", bell, 0.35)
    write("turn", padded([(0, tone(262, 0.5, 0.16)), (0.09, tone(392, 0.6, 0.2, 0.8))]), 0.25)
    noise = np.random.default_rng(74).normal(size=RATE * 3)
    soft = np.convolve(noise, np.ones(40) / 40, "same")
    t = np.arange(len(soft)) / RATE
    beat = 0.35 + 0.65 * (np.sin(2 * np.pi * 2.6 * t) > 0.2)
    horn = sum(tone(f, 1.1, 0.6, 0.12) for f in (233, 277, 349))
    write("train", padded([(0, soft * beat * np.sin(np.pi * t / t[-1])), (0.5, horn)]), 0.3)


if __name__ == "__main__":
    main()
