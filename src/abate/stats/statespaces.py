"""Regression of a series whose level and season drift: seasonal ARIMA errors, and structural time series.

Both are fitted by maximum likelihood through statsmodels, which comes with the extra `impact`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import MissingPartError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Real = NDArray[np.float64]

_STEPS = 500


@dataclass(frozen=True)
class Fit:
    """Slopes of the columns and their covariance, with what the model made of each period.

    `foretold` is the mean of each period told from those before it, `residual` the standardised miss; both are NaN in
    the first `opening` periods, in which the model is still finding its level. `likelihood` is the log likelihood;
    `warned` are the sentences in which the search complained; `parts` the other parameters by name.
    """

    slopes: Real
    covariance: Real
    foretold: Real
    residual: Real
    opening: int
    likelihood: float
    parts: dict[str, float]
    settled: bool
    warned: tuple[str, ...]


def arima(
    values: Real, columns: Real, *, order: tuple[int, int, int], seasonal_order: tuple[int, int, int, int]
) -> Fit:
    """Fit a regression whose errors are a seasonal ARIMA process; `columns` has the shape (periods, columns).

    Missing values (NaN) are borne. A process that is nowhere differenced gets a constant. Source: Box and Tiao 1975,
    Journal of the American Statistical Association 70, 70-79. Raises `MissingPartError` without statsmodels.
    """
    level = "n" if order[1] + seasonal_order[1] else "c"
    opening = order[1] + seasonal_order[1] * seasonal_order[3]
    try:
        from statsmodels.tsa.statespace.sarimax import SARIMAX  # type: ignore[import-untyped]
    except ImportError as missing:
        raise MissingPartError.of("statsmodels", extra="impact") from missing
    return _search(
        lambda: SARIMAX(values, exog=columns, order=order, seasonal_order=seasonal_order, trend=level),
        columns.shape[1],
        opening,
    )


def structural(values: Real, columns: Real, *, drift: bool, period: int, waves: int = 0) -> Fit:
    """Fit a regression on a level that wanders, with or without a steady drift, and a season that wanders too.

    `period` of 1 means no season; with `waves` the season is that many pairs of waves. Source: Harvey and Durbin 1986,
    Journal of the Royal Statistical Society A 149, 187-227. Raises `MissingPartError` without statsmodels.
    """
    try:
        from statsmodels.tsa.statespace.structural import UnobservedComponents  # type: ignore[import-untyped]
    except ImportError as missing:
        raise MissingPartError.of("statsmodels", extra="impact") from missing
    season: dict[str, Any] = {}
    if period > 1:
        season = {"freq_seasonal": [{"period": period, "harmonics": waves}]} if waves else {"seasonal": period}
    states = 1 + drift + (min(2 * waves, period - 1) if waves else period - 1)
    level = "local linear deterministic trend" if drift else "local level"
    return _search(lambda: UnobservedComponents(values, level=level, exog=columns, **season), columns.shape[1], states)


def _search(model: Callable[[], Any], slopes: int, opening: int) -> Fit:
    """Look for the largest likelihood, keep what the search complains of, and read the answer."""
    import warnings

    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        built = model()
        found = built.fit(disp=0, maxiter=_STEPS, cov_type="oim")
        if not found.mle_retvals["converged"]:
            found = built.fit(start_params=found.params, method="nm", disp=0, maxiter=4 * _STEPS, cov_type="oim")
        covariance = np.asarray(found.cov_params(), dtype=np.float64)
    names, values = list(built.param_names), np.asarray(found.params, dtype=np.float64)
    wanted = {f"{before}x{place + 1}" for place in range(slopes) for before in ("", "beta.")}
    of_columns = np.array([name in wanted for name in names])
    foretold = np.asarray(found.fittedvalues, dtype=np.float64).copy()
    residual = np.asarray(found.filter_results.standardized_forecasts_error[0], dtype=np.float64).copy()
    foretold[:opening], residual[:opening] = np.nan, np.nan
    return Fit(
        values[of_columns],
        covariance[np.ix_(of_columns, of_columns)],
        foretold,
        residual,
        opening,
        float(found.llf),
        {name: float(value) for name, value, own in zip(names, values, ~of_columns, strict=True) if own},
        bool(found.mle_retvals["converged"]),
        tuple(sorted({str(one.message).split("\n", maxsplit=1)[0] for one in complaints})),
    )
