"""cached_property: as of functools, without the lock that it takes before Python 3.12.

The lock costs more than what most of these properties compute. Two threads that ask at once may
both compute the value, and store the same.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functools import cached_property as cached_property
else:

    class cached_property:
        """A property that is computed once and kept in the instance's ``__dict__``."""

        def __init__(self, function):
            self._function = function
            self.__doc__ = function.__doc__

        def __set_name__(self, owner, name):
            self._name = name

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            value = instance.__dict__[self._name] = self._function(instance)
            return value
