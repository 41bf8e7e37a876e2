"""Did the chains agree, and how many draws are they worth? (Vehtari, Gelman, Simpson, Carpenter &
Buerkner 2021, Bayesian Analysis 16: equation numbers are theirs.)

Written from the paper rather than taken from arviz-stats, which the tests hold it against: that
library is right, but importing it loads scipy.signal and scipy.stats, which takes longer than the
estimate itself.
"""

from __future__ import annotations

import numpy as np

from bearwitness.estimation.design import Reals


def rank_rhat(draws: Reals) -> float:
    """The larger of R-hat of the ranks and of the ranks of distances from the median (chains by
    draws, of at least four draws; section 4). 1 is perfect; infinite for chains that stand still.
    """
    split = _split(draws)
    folded = np.abs(split - np.median(split))
    return max(_rhat(_normal_ranks(split)), _rhat(_normal_ranks(folded)))


def bulk_size(draws: Reals) -> float:
    """Independent draws that would tell as much about the centre (section 4.3)."""
    return _effective(_normal_ranks(_split(draws)))


def tail_size(draws: Reals, level: float = 0.9) -> float:
    """The same for the two quantiles that leave out `1 - level`: the smaller (section 4.3)."""
    tails = ((1 - level) / 2, (1 + level) / 2)
    return min(quantile_size(draws, tail) for tail in tails)


def quantile_size(draws: Reals, probability: float) -> float:
    """Independent draws that would tell as much about one quantile."""
    below = draws <= np.quantile(draws, probability)
    return _effective(_split(below.astype(float)))


def quantile_error(draws: Reals, probability: float) -> float:
    """Monte Carlo standard error of a quantile: half the way between the quantiles that a Beta for
    its probability puts one standard error below and above (section 4.4)."""
    from scipy.special import betaincinv, ndtr

    size = quantile_size(draws, probability)
    shape = (size * probability + 1, size * (1 - probability) + 1)
    ends = betaincinv(*shape, [ndtr(-1.0), ndtr(1.0)])
    low, high = np.quantile(draws, ends)
    return float((high - low) / 2)


def _split(draws: Reals) -> Reals:
    """Each chain as two: a drift within a chain is then a difference between chains."""
    half = draws.shape[1] // 2
    return np.vstack([draws[:, :half], draws[:, -half:]])


def _normal_ranks(draws: Reals) -> Reals:
    """Average ranks as normal quantiles (eq. 14)."""
    from scipy.special import ndtri

    values, place, times = np.unique(draws, return_inverse=True, return_counts=True)
    del values
    ranks = (np.cumsum(times) - (times - 1) / 2)[place.reshape(draws.shape)]
    return np.asarray(ndtri((ranks - 0.375) / (draws.size + 0.25)))


def _rhat(draws: Reals) -> float:
    """Equations 1 to 4."""
    within, over = _variances(draws)
    if within == 0:
        return float("inf")
    return float(np.sqrt(over / within))


def _variances(draws: Reals) -> tuple[float, float]:
    length = draws.shape[1]
    within = float(draws.var(axis=1, ddof=1).mean())
    between = float(draws.mean(axis=1).var(ddof=1)) if len(draws) > 1 else 0.0
    return within, within * (length - 1) / length + between


def _effective(draws: Reals) -> float:
    """Equations 10 and 11, with Geyer's initial monotone sequence for where to stop."""
    length = draws.shape[1]
    within, over = _variances(draws)
    if over == 0:
        return float(draws.size)
    covariance = _autocovariances(draws).mean(axis=0)
    rho = 1 - (within - covariance) / over
    rho[0] = 1.0
    # The last lags rest on a draw or two.
    pairs = rho[: 2 * ((length - 1) // 2)].reshape(-1, 2).sum(axis=1)
    ended = np.flatnonzero(pairs < 0)
    stop = int(ended[0]) if len(ended) else len(pairs)
    kept = np.minimum.accumulate(pairs[:stop])
    # After the last pair one positive term may still count.
    rest = max(float(rho[2 * stop]), 0.0) if 2 * stop < length else 0.0
    time = -1 + 2 * float(kept.sum()) + rest
    return float(draws.size / max(time, 1 / np.log10(draws.size)))


def _autocovariances(draws: Reals) -> Reals:
    length = draws.shape[1]
    size = 1 << (2 * length - 1).bit_length()
    spectrum = np.fft.rfft(draws - draws.mean(axis=1, keepdims=True), size, axis=1)
    power = np.abs(spectrum) ** 2
    return np.asarray(np.fft.irfft(power, size, axis=1)[:, :length] / length)
