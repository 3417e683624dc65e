"""How the annotations of the package are checked while tests run."""

from collections.abc import Callable
from itertools import count
from typing import Any

from beartype import BeartypeConf, beartype
from jaxtyping import config

# As type checkers have it, an int will do for a float.
AS_TYPE_CHECKERS = BeartypeConf(is_pep484_tower=True)
# In each test: 1000 take 0.1 s, and the right-hand side of a differential equation is called 10^5 times.
CALLS_CHECKED, CALLS_CHECKED_IF_SLOW = 1000, 5000

numbers = count()
most = CALLS_CHECKED


def checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which looks at what it is given and returns while there are calls to spend."""
    check = beartype(conf=AS_TYPE_CHECKERS)(function)

    def looking(*arguments: Any, **named: Any) -> Any:
        if next(numbers) >= most:
            config.update("jaxtyping_disable", True)
        return check(*arguments, **named)

    return looking


def look_anew(*, slow: bool = False) -> None:
    """Give all calls back."""
    global numbers, most
    numbers, most = count(), CALLS_CHECKED_IF_SLOW if slow else CALLS_CHECKED
    config.update("jaxtyping_disable", False)
