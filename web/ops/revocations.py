"""Revocations between nodes: a change of access, told over NATS the moment it happens.

NATS may lose one, and a node may be out of reach: `web.accounts.access_recheck` finds what was not heard.
"""

import logging
from typing import Final
from uuid import UUID

from pydantic import BaseModel

from actors.cluster.node import Node
from events.core.state import Role, UserId
from web.accounts.access_events import Access, AccessChange, AccessEnded, RoleChanged

logger = logging.getLogger(__name__)

TOPIC: Final = "access"


class Told(BaseModel):
    """A change as it travels."""

    user: UserId | None = None
    credential: str | None = None
    """Hexadecimal; of a hash, so nobody can sign in with it."""
    campaign: UUID | None = None
    role: Role | None = None
    """None: the right is over."""


def tell_others(access: Access, node: Node) -> None:
    """Have all nodes hear of changes here, and the listeners here of changes elsewhere."""

    def hear(data: bytes) -> None:
        try:
            change = read(data)
        except ValueError:
            logger.warning("node %s: ignored an unknown message about access", node.leases.name)
        else:
            access.hear(change)

    node.listen(TOPIC, hear)
    access.relay(lambda change: node.announce(TOPIC, written(change)))


def written(change: AccessChange) -> bytes:
    """Return the change as bytes."""
    if isinstance(change, RoleChanged):
        change_message = Told(user=change.user, campaign=change.campaign, role=change.role)
    else:
        credential = None if change.credential is None else change.credential.hex()
        change_message = Told(user=change.user, credential=credential, campaign=change.campaign)
    return change_message.model_dump_json(exclude_none=True).encode()


def read(data: bytes) -> AccessChange:
    """Return the change of the bytes; raise ValueError. One that ends everything is not believed."""
    message = Told.model_validate_json(data)
    if message.role is not None and message.user is not None and message.campaign is not None:
        return RoleChanged(message.user, message.campaign, message.role)
    if message.role is not None or (message.user, message.credential, message.campaign) == (
        None,
        None,
        None,
    ):
        raise ValueError("whose access?")
    credential = None if message.credential is None else bytes.fromhex(message.credential)
    return AccessEnded(message.user, credential, message.campaign)
