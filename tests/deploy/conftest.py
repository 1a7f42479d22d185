"""What the clusters' tests have, here too."""

from tests.actors.cluster.conftest import nats_server

__all__ = ["nats_server"]
